"""Creates, reads back, updates and deletes every resource type of the stack with boto3, and calls the API.

Arguments: the endpoint. Credentials and region come from the environment. Prints one JSON object of what it saw.
"""

import io
import json
import sys
import urllib.error
import urllib.request
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
seen = {}


def client(name):
    return boto3.client(name, endpoint_url=endpoint, config=Config(retries={"max_attempts": 1}))


def error_code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "no error"


def zipped(source):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.js", source)
    return buffer.getvalue()


account = client("sts").get_caller_identity()["Account"]

iam = client("iam")
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(
    RoleName="py-role", AssumeRolePolicyDocument=json.dumps(trust), Tags=[{"Key": "made-by", "Value": "boto3"}]
)["Role"]
policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}
iam.put_role_policy(RoleName="py-role", PolicyName="inline", PolicyDocument=json.dumps(policy))
seen["roleTags"] = iam.list_role_tags(RoleName="py-role")["Tags"]
seen["trustRoundTrip"] = iam.get_role(RoleName="py-role")["Role"]["AssumeRolePolicyDocument"] == trust
seen["policyRoundTrip"] = iam.get_role_policy(RoleName="py-role", PolicyName="inline")["PolicyDocument"] == policy
seen["roleTwice"] = error_code(iam.create_role, RoleName="PY-ROLE", AssumeRolePolicyDocument=json.dumps(trust))
seen["roleWithPolicy"] = error_code(iam.delete_role, RoleName="py-role")

dynamodb = client("dynamodb")
dynamodb.create_table(
    TableName="py-table",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
dynamodb.get_waiter("table_exists").wait(TableName="py-table", WaiterConfig={"Delay": 1})
number = "12345678901234567890123456789012345678"
dynamodb.put_item(TableName="py-table", Item={"id": {"S": "1"}, "n": {"N": number}, "s": {"SS": ["a", "b"]}})
item = dynamodb.get_item(TableName="py-table", Key={"id": {"S": "1"}})["Item"]
seen["numberExact"] = item["n"]["N"] == number
seen["tableTwice"] = error_code(
    dynamodb.create_table,
    TableName="py-table",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)

functions = client("lambda")
code = zipped("exports.handler = async (event) => ({ saw: event, memory: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE });")
made = functions.create_function(
    FunctionName="py-function",
    Runtime="nodejs22.x",
    Role=role["Arn"],
    Handler="index.handler",
    Code={"ZipFile": code},
    Architectures=["arm64"],
)
functions.get_waiter("function_active_v2").wait(FunctionName="py-function")
answer = functions.invoke(FunctionName="py-function", Payload=b'{"a": 1}', LogType="Tail")
seen["invoked"] = json.loads(answer["Payload"].read())
invoke = lambda kind, payload=b"{}": functions.invoke(FunctionName="py-function", Payload=payload, InvocationType=kind)
seen["asEvent"] = [invoke(kind)["StatusCode"] for kind in ("Event", "DryRun")]
seen["eventTooLarge"] = error_code(invoke, kind="Event", payload=b'"' + b"x" * 1_048_576 + b'"')
functions.update_function_configuration(FunctionName="py-function", MemorySize=256)
functions.get_waiter("function_updated_v2").wait(FunctionName="py-function")
seen["memory"] = functions.get_function(FunctionName="py-function")["Configuration"]["MemorySize"]
seen["functionTwice"] = error_code(
    functions.create_function,
    FunctionName="py-function",
    Runtime="nodejs22.x",
    Role=role["Arn"],
    Handler="index.handler",
    Code={"ZipFile": code},
)

cognito = client("cognito-idp")
pool = cognito.create_user_pool(PoolName="py-pool", Policies={"PasswordPolicy": {"MinimumLength": 6}})["UserPool"]
app = cognito.create_user_pool_client(
    UserPoolId=pool["Id"],
    ClientName="py-client",
    ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
)["UserPoolClient"]
cognito.create_user_pool_domain(Domain="py-sign-in", UserPoolId=pool["Id"])
cognito.admin_create_user(UserPoolId=pool["Id"], Username="ada", TemporaryPassword="first1", MessageAction="SUPPRESS")
challenge = cognito.initiate_auth(
    AuthFlow="USER_PASSWORD_AUTH",
    ClientId=app["ClientId"],
    AuthParameters={"USERNAME": "ada", "PASSWORD": "first1"},
)
seen["challenge"] = challenge["ChallengeName"]
tokens = cognito.respond_to_auth_challenge(
    ClientId=app["ClientId"],
    ChallengeName="NEW_PASSWORD_REQUIRED",
    Session=challenge["Session"],
    ChallengeResponses={"USERNAME": "ada", "NEW_PASSWORD": "second2"},
)["AuthenticationResult"]
seen["wrongPassword"] = error_code(
    cognito.initiate_auth,
    AuthFlow="USER_PASSWORD_AUTH",
    ClientId=app["ClientId"],
    AuthParameters={"USERNAME": "ada", "PASSWORD": "wrong"},
)

gateway = client("apigateway")
api = gateway.create_rest_api(name="py-api", endpointConfiguration={"types": ["REGIONAL"]}, tags={"made-by": "boto3"})
root = gateway.get_resources(restApiId=api["id"])["items"][0]["id"]
resource = gateway.create_resource(restApiId=api["id"], parentId=root, pathPart="things")
authorizer = gateway.create_authorizer(
    restApiId=api["id"],
    name="py-authorizer",
    type="COGNITO_USER_POOLS",
    providerARNs=[pool["Arn"]],
    identitySource="method.request.header.Authorization",
)
where = {"restApiId": api["id"], "resourceId": resource["id"], "httpMethod": "POST"}
gateway.put_method(**where, authorizationType="COGNITO_USER_POOLS", authorizerId=authorizer["id"])
gateway.put_integration(
    **where,
    type="AWS",
    integrationHttpMethod="POST",
    uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{made['FunctionArn']}/invocations",
)
gateway.put_method_response(**where, statusCode="200", responseModels={"application/json": "Empty"})
gateway.put_integration_response(**where, statusCode="200")
functions.add_permission(
    FunctionName="py-function",
    StatementId="gateway",
    Action="lambda:InvokeFunction",
    Principal="apigateway.amazonaws.com",
    SourceArn=f"arn:aws:execute-api:us-east-1:{account}:{api['id']}/*/POST/things",
)
gateway.create_deployment(restApiId=api["id"], stageName="prod")


def post(token):
    request = urllib.request.Request(
        f"{endpoint}/_aws/execute-api/{api['id']}/prod/things", data=b'{"b": 2}', headers={"Authorization": token}
    )
    try:
        with urllib.request.urlopen(request) as response:
            return [response.status, json.loads(response.read())]
    except urllib.error.HTTPError as error:
        return [error.code, json.loads(error.read())]


seen["withToken"] = post(tokens["IdToken"])
seen["withoutToken"] = post("")
seen["withAccessToken"] = post(tokens["AccessToken"])

gateway.delete_rest_api(restApiId=api["id"])
seen["poolWithDomain"] = error_code(cognito.delete_user_pool, UserPoolId=pool["Id"])
cognito.delete_user_pool_domain(Domain="py-sign-in", UserPoolId=pool["Id"])
cognito.delete_user_pool(UserPoolId=pool["Id"])
functions.delete_function(FunctionName="py-function")
logs = client("logs")
for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/py-function")["logGroups"]:
    logs.delete_log_group(logGroupName=group["logGroupName"])
dynamodb.delete_table(TableName="py-table")
dynamodb.get_waiter("table_not_exists").wait(TableName="py-table", WaiterConfig={"Delay": 1})
iam.delete_role_policy(RoleName="py-role", PolicyName="inline")
iam.delete_role(RoleName="py-role")
seen["left"] = [
    len(iam.list_roles()["Roles"]),
    len(dynamodb.list_tables()["TableNames"]),
    len(functions.list_functions()["Functions"]),
    len(gateway.get_rest_apis()["items"]),
    len(cognito.list_user_pools(MaxResults=10)["UserPools"]),
]

print(json.dumps(seen))
