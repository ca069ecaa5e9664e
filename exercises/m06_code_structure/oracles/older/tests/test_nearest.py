import unittest

import numpy as np

from digitstudy.models.model import NearestMean


class NearestMeanTest(unittest.TestCase):
    def test_means(self):
        model = NearestMean.fit(np.array([[0, 1.0, 1.0], [1, 5.0, 5.0], [0, 3.0, 3.0]]))
        self.assertEqual(model.means.tolist(), [[2.0, 2.0], [5.0, 5.0]])
        self.assertEqual(model.predict(np.array([[4.9, 4.0]])).tolist(), [1])
