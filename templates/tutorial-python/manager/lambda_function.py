"""The function of AWS's tutorial "Using Lambda with API Gateway": the request's JSON is the event, what is returned is the answer."""
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["ITEMS_TABLE"])

operations = {
    "create": lambda payload: table.put_item(**payload),
    "read": lambda payload: table.get_item(**payload),
    "update": lambda payload: table.update_item(**payload),
    "delete": lambda payload: table.delete_item(**payload),
    "list": lambda payload: table.scan(**payload),
    "echo": lambda payload: payload,
    "ping": lambda payload: "pong",
}


def lambda_handler(event, context):
    operation = event["operation"]
    if operation not in operations:
        raise ValueError(f'Unrecognized operation "{operation}"')
    return operations[operation](event.get("payload") or {})
