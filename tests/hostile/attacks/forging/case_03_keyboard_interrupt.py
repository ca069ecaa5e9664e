# failed: KeyboardInterrupt
raise KeyboardInterrupt
