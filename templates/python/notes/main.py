"""Notes, each its owner's. boto3 comes with Lambda's runtime; packages of your own go into `requirements` beside this file."""
import json
import os
from datetime import datetime, timezone

import boto3
from boto3.dynamodb.conditions import Key

notes = boto3.resource("dynamodb").Table(os.environ["NOTES_TABLE"])
# Pages of the origin in dynops.json may read the answers; where it lists several, send back the one that asks.
headers = {"content-type": "application/json", "access-control-allow-origin": os.environ.get("CORS_ORIGINS", "")}


def handler(event, context):
    owner = event["requestContext"]["authorizer"]["claims"]["sub"]
    note_id = (event["pathParameters"] or {}).get("id")
    if note_id is None:
        return answer(200, notes.query(KeyConditionExpression=Key("owner").eq(owner))["Items"])
    key = {"owner": owner, "id": note_id}
    method = event["httpMethod"]
    if method == "PUT":
        text = json.loads(event["body"] or "{}").get("text")
        if not isinstance(text, str) or text == "":
            return answer(400, {"message": "A note needs a text."})
        note = {**key, "text": text, "changedAt": datetime.now(timezone.utc).isoformat()}
        notes.put_item(Item=note)
        return answer(200, note)
    if method == "DELETE":
        notes.delete_item(Key=key)
        return {"statusCode": 204, "headers": headers, "body": ""}
    note = notes.get_item(Key=key).get("Item")
    return answer(404, {"message": "There is no such note."}) if note is None else answer(200, note)


def answer(status, body):
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
