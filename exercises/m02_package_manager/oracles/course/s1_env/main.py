import numpy as np
import pandas as pd
import sklearn


def main():
    print("numpy", np.__version__)
    print("pandas", pd.__version__)
    print("scikit-learn", sklearn.__version__)
    print(pd.DataFrame({"a": np.arange(3)}))


if __name__ == "__main__":
    main()
