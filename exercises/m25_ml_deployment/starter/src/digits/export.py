"""Write the network to a file that needs no PyTorch."""
