import jinja2
import numpy as np

x = np.array([1.0, 2.0, 3.0])
print(jinja2.Template("the mean is {{ mean }}").render(mean=x.mean()))
