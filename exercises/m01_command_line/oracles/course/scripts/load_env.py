import os
from pathlib import Path

import dotenv

dotenv.load_dotenv(Path(__file__).parent / ".env", override=True)
print("one:", os.getenv("MY_VAR"))
print("two:", os.getenv("MY_OTHER_VAR"))
