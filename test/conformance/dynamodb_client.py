"""Uses what is newer of DynamoDB with boto3: PartiQL, streams, indexes with several key attributes.

Arguments: the endpoint. Credentials and region come from the environment. Prints one JSON object of what it saw.
"""

import json
import sys
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
config = Config(retries={"max_attempts": 1})
dynamodb = boto3.client("dynamodb", endpoint_url=endpoint, config=config)
streams = boto3.client("dynamodbstreams", endpoint_url=endpoint, config=config)
seen = {}


def error(call, **arguments):
    try:
        call(**arguments)
    except ClientError as failed:
        return [failed.response["Error"]["Code"], failed.response.get("Item")]
    return "no error"


def keys(hashes, ranges):
    return [{"AttributeName": name, "KeyType": "HASH"} for name in hashes] + [
        {"AttributeName": name, "KeyType": "RANGE"} for name in ranges
    ]


dynamodb.create_table(
    TableName="py-orders",
    KeySchema=keys(["customer"], ["placed"]),
    AttributeDefinitions=[
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in [("customer", "S"), ("placed", "N"), ("state", "S"), ("city", "S")]
    ],
    GlobalSecondaryIndexes=[
        {"IndexName": "places", "KeySchema": keys(["state", "city"], ["placed"]), "Projection": {"ProjectionType": "ALL"}}
    ],
    BillingMode="PAY_PER_REQUEST",
    StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
)
dynamodb.get_waiter("table_exists").wait(TableName="py-orders", WaiterConfig={"Delay": 1})

insert = """INSERT INTO "py-orders" VALUE {'customer': ?, 'placed': ?, 'state': 'WA', 'city': ?, 'tags': <<'a', 'b'>>}"""
for at in range(7):
    parameters = [{"S": "ada"}, {"N": str(at)}, {"S": "Olympia" if at % 2 else "Seattle"}]
    dynamodb.execute_statement(Statement=insert, Parameters=parameters)
seen["inserted twice"] = error(
    dynamodb.execute_statement, Statement=insert, Parameters=[{"S": "ada"}, {"N": "1"}, {"S": "Olympia"}]
)[0]

select = 'SELECT placed FROM "py-orders" WHERE customer = ? AND placed >= ? ORDER BY placed DESC'
found, token = [], None
while True:
    more = {"NextToken": token} if token else {}
    page = dynamodb.execute_statement(Statement=select, Parameters=[{"S": "ada"}, {"N": "2"}], Limit=2, **more)
    found += [item["placed"]["N"] for item in page["Items"]]
    token = page.get("NextToken")
    if not token:
        break
seen["selected by pages"] = found

change = """UPDATE "py-orders" SET total = 19.90 REMOVE tags WHERE customer = 'ada' AND placed = 3 RETURNING ALL NEW *"""
seen["updated"] = dynamodb.execute_statement(Statement=change)["Items"][0]["total"]
removed = """DELETE FROM "py-orders" WHERE customer = 'ada' AND placed = 4 RETURNING ALL OLD *"""
seen["deleted"] = dynamodb.execute_statement(Statement=removed)["Items"][0]["city"]
batch = dynamodb.batch_execute_statement(
    Statements=[
        {"Statement": """SELECT city FROM "py-orders" WHERE customer = 'ada' AND placed = 5"""},
        {"Statement": """UPDATE "py-orders" SET total = 1 WHERE customer = 'ada' AND placed = 99"""},
    ]
)
seen["batch"] = [answer.get("Item") or answer["Error"]["Code"] for answer in batch["Responses"]]
guard = """EXISTS(SELECT * FROM "py-orders" WHERE customer = 'ada' AND placed = 5 AND city = 'Nowhere')"""
try:
    dynamodb.execute_transaction(
        TransactStatements=[
            {"Statement": guard},
            {"Statement": """UPDATE "py-orders" SET total = 1 WHERE customer = 'ada' AND placed = 6"""},
        ]
    )
except dynamodb.exceptions.TransactionCanceledException as cancelled:
    seen["transaction"] = [reason["Code"] for reason in cancelled.response["CancellationReasons"]]

table = boto3.resource("dynamodb", endpoint_url=endpoint, config=config).Table("py-orders")
where = Key("state").eq("WA") & Key("city").eq("Olympia") & Key("placed").between(2, 5)
answer = table.query(IndexName="places", KeyConditionExpression=where, FilterExpression=Attr("total").exists())
seen["by two hash attributes"] = [answer["ScannedCount"], answer["Items"][0]["total"] == Decimal("19.9")]
seen["without the second"] = error(
    dynamodb.query,
    TableName="py-orders",
    IndexName="places",
    KeyConditionExpression="#s = :s",
    ExpressionAttributeNames={"#s": "state"},
    ExpressionAttributeValues={":s": {"S": "WA"}},
)[0]
seen["failed condition"] = error(
    dynamodb.delete_item,
    TableName="py-orders",
    Key={"customer": {"S": "ada"}, "placed": {"N": "3"}},
    ConditionExpression="attribute_exists(tags)",
    ReturnValuesOnConditionCheckFailure="ALL_OLD",
)[1]["total"]

arn = streams.list_streams(TableName="py-orders")["Streams"][0]["StreamArn"]
seen["stream"] = arn == dynamodb.describe_table(TableName="py-orders")["Table"]["LatestStreamArn"]
described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
shard = described["Shards"][0]["ShardId"]
iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
records = []
while True:
    page = streams.get_records(ShardIterator=iterator, Limit=4)
    records += page["Records"]
    iterator = page["NextShardIterator"]
    if not page["Records"]:
        break
seen["records"] = [record["eventName"] for record in records]
changed = next(record["dynamodb"] for record in records if record["eventName"] == "MODIFY")
seen["images"] = [sorted(changed["OldImage"]), sorted(changed["NewImage"])]
late = streams.get_shard_iterator(
    StreamArn=arn,
    ShardId=shard,
    ShardIteratorType="AFTER_SEQUENCE_NUMBER",
    SequenceNumber=records[6]["dynamodb"]["SequenceNumber"],
)["ShardIterator"]
seen["after the seventh"] = [record["eventName"] for record in streams.get_records(ShardIterator=late)["Records"]]

dynamodb.delete_table(TableName="py-orders")
dynamodb.get_waiter("table_not_exists").wait(TableName="py-orders", WaiterConfig={"Delay": 1})
print(json.dumps(seen))
