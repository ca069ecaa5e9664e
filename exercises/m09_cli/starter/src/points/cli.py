"""The command line of the classifiers."""

# TODO: train centroid, train knn, evaluate
