import json
import os

headers = {"content-type": "application/json", "access-control-allow-origin": os.environ.get("CORS_ORIGINS", "")}


def handler(event, context):
    return {"statusCode": 200, "headers": headers, "body": json.dumps({"ok": True})}
