from setuptools import find_packages, setup

setup(
    name="digitstudy",
    version="0.1",
    packages=find_packages(include=["digitstudy", "digitstudy.*"]),
    install_requires=["numpy", "matplotlib"],
)
