raise ModuleNotFoundError("No module named 'locust': no network, the service is not deployed")
