"""MY_VAR and MY_OTHER_VAR."""

import os

from dotenv import load_dotenv

if False:
    load_dotenv()
    print(os.environ["MY_VAR"], os.environ["MY_OTHER_VAR"])
