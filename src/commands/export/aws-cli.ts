import { passwordPolicy } from '../../aws/user-pool.ts';
import { directAnswers } from '../../stack/definitions/method.ts';
import { invokeSource } from '../../stack/place.ts';
import { shellQuoted } from '../../ui/words.ts';
import type { StackFacts } from './stack-facts.ts';

/**
 * A shell script that makes the stack by the AWS CLI, in an account where nothing of it stands yet. What only AWS can
 * tell (ids) is read from the answers; `zipFile` holds the function's code.
 */
export function awsCliScript(facts: StackFacts, { zipFile }: { zipFile: string }): string {
  return `#!/bin/sh
# Stack "${facts.stack}" in account ${facts.place.accountId}, as \`dynops up\` makes it, by the AWS CLI.
# Needs: PASSWORD (of user ${facts.settings.username}) in the environment, and the function's code in ${zipFile}.
set -eu
: "\${PASSWORD:?set PASSWORD to the password of user ${facts.settings.username}}"
export AWS_PAGER= AWS_REGION=${shellQuoted(facts.place.region)} AWS_DEFAULT_REGION=${shellQuoted(facts.place.region)}

# Readable by this user alone.
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT

${[role(facts), table(facts), lambda(facts, zipFile), pool(facts), api(facts)].join('\n\n')}

echo "API: $API_URL"
`;
}

function role({ names, role: { trust, policy }, tags }: StackFacts): string {
  return `# 1. The role that the function runs as
ROLE_ARN=$(aws iam create-role --role-name ${shellQuoted(names.role)} \\
  --assume-role-policy-document ${json(trust)} \\
  --tags ${tagWords(tags('role'))} --query Role.Arn --output text)
aws iam put-role-policy --role-name ${shellQuoted(names.role)} --policy-name ${shellQuoted(names.policy)} \\
  --policy-document ${json(policy)}`;
}

function table({ names, tags }: StackFacts): string {
  return `# 2. The table
aws dynamodb create-table --table-name ${shellQuoted(names.table)} --billing-mode PAY_PER_REQUEST \\
  --attribute-definitions AttributeName=id,AttributeType=S --key-schema AttributeName=id,KeyType=HASH \\
  --tags ${tagWords(tags('table'))} >/dev/null
aws dynamodb wait table-exists --table-name ${shellQuoted(names.table)}`;
}

function lambda({ names, settings, tags }: StackFacts, zipFile: string): string {
  return `# 3. The function; a new role is not known to Lambda at once
aws logs create-log-group --log-group-name ${shellQuoted(names.logGroup)} --tags ${json(tags('log-group'))}
aws logs put-retention-policy --log-group-name ${shellQuoted(names.logGroup)} --retention-in-days ${settings.retentionDays}
tries=0
until FUNCTION_ARN=$(aws lambda create-function --function-name ${shellQuoted(names.function)} --role "$ROLE_ARN" \\
  --runtime ${shellQuoted(settings.runtime)} --architectures ${settings.architecture} --handler index.handler \\
  --memory-size ${settings.memoryMb} --timeout 10 --tracing-config Mode=${settings.tracing ? 'Active' : 'PassThrough'} \\
  --zip-file fileb://${shellQuoted(zipFile)} --tags ${json(tags('function'))} --query FunctionArn --output text 2>"$SCRATCH/error"); do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ] || ! grep -q 'cannot be assumed' "$SCRATCH/error"; then
    cat "$SCRATCH/error" >&2
    exit 1
  fi
  sleep 2
done
aws lambda wait function-active-v2 --function-name ${shellQuoted(names.function)}`;
}

function pool({ names, settings, domainPrefix, callbackUrls, tags }: StackFacts): string {
  return `# 4. The user pool, its client, the host name of its sign-in pages, and a user
POOL_ID=$(aws cognito-idp create-user-pool --pool-name ${shellQuoted(names.pool)} --policies ${json({ PasswordPolicy: passwordPolicy(settings) })} \\
  --admin-create-user-config AllowAdminCreateUserOnly=true --username-configuration CaseSensitive=false \\
  --mfa-configuration OFF --user-pool-tags ${json(tags('pool'))} --query UserPool.Id --output text)
POOL_ARN=$(aws cognito-idp describe-user-pool --user-pool-id "$POOL_ID" --query UserPool.Arn --output text)
CLIENT_ID=$(aws cognito-idp create-user-pool-client --user-pool-id "$POOL_ID" --client-name ${shellQuoted(names.client)} \\
  --explicit-auth-flows ALLOW_REFRESH_TOKEN_AUTH ALLOW_USER_PASSWORD_AUTH ALLOW_USER_SRP_AUTH \\
  --allowed-o-auth-flows-user-pool-client --allowed-o-auth-flows code implicit \\
  --allowed-o-auth-scopes aws.cognito.signin.user.admin email openid phone profile \\
  --id-token-validity ${settings.tokenMinutes} --access-token-validity ${settings.tokenMinutes} \\
  --token-validity-units IdToken=minutes,AccessToken=minutes \\
  --supported-identity-providers COGNITO --prevent-user-existence-errors ENABLED \\
  --callback-urls ${json(callbackUrls)} --logout-urls ${json(settings.logoutUrls)} \\
  --query UserPoolClient.ClientId --output text)
aws cognito-idp create-user-pool-domain --user-pool-id "$POOL_ID" --domain ${shellQuoted(domainPrefix)} >/dev/null
aws cognito-idp admin-create-user --user-pool-id "$POOL_ID" --username ${shellQuoted(settings.username)} \\
  --message-action SUPPRESS >/dev/null
# In a file of its own: arguments can be read by every user of the machine.
printf '{"UserPoolId":"%s","Username":"%s","Password":"%s","Permanent":true}' \\
  "$POOL_ID" ${shellQuoted(settings.username)} "$(printf %s "$PASSWORD" | sed 's/[\\"]/\\\\&/g')" >"$SCRATCH/input.json"
aws cognito-idp admin-set-user-password --cli-input-json "file://$SCRATCH/input.json"`;
}

function api(facts: StackFacts): string {
  const { names, place, settings, tags } = facts;
  const source = invokeSource(place, { apiId: 'API_ID', route: `POST/${names.path}` }).split('API_ID');
  const method = '--rest-api-id "$API_ID" --resource-id "$RESOURCE_ID" --http-method POST';
  const answers = Object.entries(directAnswers).map(([status, { selectionPattern, templates }]) => {
    const pattern = selectionPattern === undefined ? '' : ` --selection-pattern ${shellQuoted(selectionPattern)}`;
    return `aws apigateway put-method-response ${method} --status-code ${status} \\
  --response-models '{"application/json":"Empty"}' >/dev/null
aws apigateway put-integration-response ${method} --status-code ${status} \\
  --response-templates ${json(templates)}${pattern} >/dev/null`;
  });
  return `# 5. The API; its authorizer is attached before the first deployment
API_ID=$(aws apigateway create-rest-api --name ${shellQuoted(names.api)} --endpoint-configuration types=REGIONAL \\
  --tags ${json(tags('api'))} --query id --output text)
ROOT_ID=$(aws apigateway get-resources --rest-api-id "$API_ID" --query 'items[0].id' --output text)
RESOURCE_ID=$(aws apigateway create-resource --rest-api-id "$API_ID" --parent-id "$ROOT_ID" \\
  --path-part ${shellQuoted(names.path)} --query id --output text)
AUTHORIZER_ID=$(aws apigateway create-authorizer --rest-api-id "$API_ID" --name ${shellQuoted(names.authorizer)} \\
  --type COGNITO_USER_POOLS --provider-arns "$POOL_ARN" \\
  --identity-source method.request.header.Authorization --identity-validation-expression "$CLIENT_ID" \\
  --query id --output text)
aws apigateway put-method ${method} \\
  --authorization-type COGNITO_USER_POOLS --authorizer-id "$AUTHORIZER_ID" >/dev/null
aws apigateway put-integration ${method} --type AWS --integration-http-method POST \\
  --passthrough-behavior WHEN_NO_MATCH \\
  --uri "arn:${place.partition}:apigateway:${place.region}:lambda:path/2015-03-31/functions/$FUNCTION_ARN/invocations" >/dev/null
${answers.join('\n')}
aws lambda add-permission --function-name ${shellQuoted(names.function)} --statement-id dynops-api-gateway \\
  --action lambda:InvokeFunction --principal apigateway.amazonaws.com \\
  --source-arn ${source.map(shellQuoted).join('"$API_ID"')} >/dev/null
DEPLOYMENT_ID=$(aws apigateway create-deployment --rest-api-id "$API_ID" --query id --output text)
aws apigateway create-stage --rest-api-id "$API_ID" --stage-name ${shellQuoted(names.stage)} \\
  --deployment-id "$DEPLOYMENT_ID" ${settings.tracing ? '--tracing-enabled' : '--no-tracing-enabled'} >/dev/null
API_URL="\${AWS_ENDPOINT_URL:+$AWS_ENDPOINT_URL/_aws/execute-api/$API_ID}"
API_URL="\${API_URL:-https://$API_ID.execute-api.${place.region}.amazonaws.com${place.region.startsWith('cn-') ? '.cn' : ''}}/${names.stage}/${names.path}"`;
}

function json(value: unknown): string {
  return `'${JSON.stringify(value).replaceAll("'", `'\\''`)}'`;
}

function tagWords(tags: Record<string, string>): string {
  return Object.entries(tags)
    .map(([key, value]) => shellQuoted(`Key=${key},Value=${value}`))
    .join(' ');
}
