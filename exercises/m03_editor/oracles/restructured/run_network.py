from network.layers import random_images
from network.scoring import score

if __name__ == "__main__":
    for number, scores in enumerate(score(random_images(3, side=28)), start=1):
        print(f"image {number}:", [round(one, 3) for one in scores])
