import { directAnswers } from '../../stack/definitions/method.ts';
import type { StackFacts } from './stack-facts.ts';

/** A Terraform configuration that makes the stack. `zipFile` holds the function's code. */
export function terraformConfiguration(facts: StackFacts, { zipFile }: { zipFile: string }): string {
  return `# Stack "${facts.stack}" in account ${facts.place.accountId}, as \`dynops up\` makes it, for Terraform's AWS provider.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "${providerVersion(facts.settings.runtime)}" }
  }
}

provider "aws" {
  region = ${hcl(facts.place.region)}
}

variable "zip" {
  description = "File that holds the function's code."
  type        = string
  default     = ${hcl(zipFile)}
}

variable "password" {
  description = "Password of the user ${facts.settings.username}."
  type        = string
  sensitive   = true
}

${[functionBlocks(facts), userBlocks(facts), apiBlocks(facts), answerBlocks()].join('\n\n')}

output "api_url" {
  value = "\${aws_api_gateway_stage.stage.invoke_url}/${facts.names.path}"
}
`;
}

/** Older releases of the provider refuse runtimes that they do not know: hashicorp/terraform-provider-aws#44986. */
function providerVersion(runtime: string): string {
  const [, major = '0'] = /^nodejs(\d+)/.exec(runtime) ?? [];
  return Number(major) >= 24 ? '>= 6.19' : '>= 5.0';
}

function functionBlocks({ names, role: { trust, policy }, settings, tags }: StackFacts): string {
  return `resource "aws_iam_role" "function" {
  name               = ${hcl(names.role)}
  assume_role_policy = jsonencode(${hcl(trust)})
  tags               = ${hcl(tags('role'))}
}

resource "aws_iam_role_policy" "function" {
  name   = ${hcl(names.policy)}
  role   = aws_iam_role.function.id
  policy = jsonencode(${hcl(policy)})
}

resource "aws_dynamodb_table" "items" {
  name         = ${hcl(names.table)}
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = ${hcl(tags('table'))}
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_cloudwatch_log_group" "function" {
  name              = ${hcl(names.logGroup)}
  retention_in_days = ${settings.retentionDays}
  tags              = ${hcl(tags('log-group'))}
}

resource "aws_lambda_function" "function" {
  function_name    = ${hcl(names.function)}
  role             = aws_iam_role.function.arn
  runtime          = ${hcl(settings.runtime)}
  architectures    = [${hcl(settings.architecture)}]
  handler          = "index.handler"
  filename         = var.zip
  source_code_hash = filebase64sha256(var.zip)
  memory_size      = ${settings.memoryMb}
  timeout          = 10
  tags             = ${hcl(tags('function'))}
  tracing_config {
    mode = ${hcl(settings.tracing ? 'Active' : 'PassThrough')}
  }
  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}`;
}

function userBlocks({ names, settings, domainPrefix, callbackUrls, tags }: StackFacts): string {
  return `resource "aws_cognito_user_pool" "pool" {
  name = ${hcl(names.pool)}
  tags = ${hcl(tags('pool'))}
  username_configuration {
    case_sensitive = false
  }
  password_policy {
    minimum_length                   = ${settings.passwordLength}
    require_lowercase                = false
    require_numbers                  = false
    require_symbols                  = false
    require_uppercase                = false
    temporary_password_validity_days = ${settings.temporaryPasswordDays}
  }
  admin_create_user_config {
    allow_admin_create_user_only = true
  }
}

resource "aws_cognito_user_pool_client" "client" {
  name                                 = ${hcl(names.client)}
  user_pool_id                         = aws_cognito_user_pool.pool.id
  generate_secret                      = false
  explicit_auth_flows                  = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code", "implicit"]
  allowed_oauth_scopes                 = ["aws.cognito.signin.user.admin", "email", "openid", "phone", "profile"]
  supported_identity_providers         = ["COGNITO"]
  prevent_user_existence_errors        = "ENABLED"
  callback_urls                        = ${hcl(callbackUrls)}
  logout_urls                          = ${hcl(settings.logoutUrls)}
  id_token_validity                    = ${settings.tokenMinutes}
  access_token_validity                = ${settings.tokenMinutes}
  token_validity_units {
    id_token     = "minutes"
    access_token = "minutes"
  }
}

resource "aws_cognito_user_pool_domain" "domain" {
  domain       = ${hcl(domainPrefix)}
  user_pool_id = aws_cognito_user_pool.pool.id
}

resource "aws_cognito_user" "user" {
  user_pool_id   = aws_cognito_user_pool.pool.id
  username       = ${hcl(settings.username)}
  password       = var.password
  message_action = "SUPPRESS"
}`;
}

function apiBlocks({ names, settings, tags }: StackFacts): string {
  return `resource "aws_api_gateway_rest_api" "api" {
  name = ${hcl(names.api)}
  tags = ${hcl(tags('api'))}
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_resource" "path" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = ${hcl(names.path)}
}

resource "aws_api_gateway_authorizer" "pool" {
  name            = ${hcl(names.authorizer)}
  type            = "COGNITO_USER_POOLS"
  rest_api_id     = aws_api_gateway_rest_api.api.id
  provider_arns   = [aws_cognito_user_pool.pool.arn]
  identity_source = "method.request.header.Authorization"
  # The tokens of this app client, not those of others in the pool.
  identity_validation_expression = aws_cognito_user_pool_client.client.id
}

resource "aws_api_gateway_method" "post" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.path.id
  http_method   = "POST"
  authorization = "COGNITO_USER_POOLS"
  authorizer_id = aws_api_gateway_authorizer.pool.id
}

resource "aws_api_gateway_integration" "lambda" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.path.id
  http_method             = aws_api_gateway_method.post.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  passthrough_behavior    = "WHEN_NO_MATCH"
  uri                     = aws_lambda_function.function.invoke_arn
}

resource "aws_lambda_permission" "gateway" {
  statement_id  = "dynops-api-gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "\${aws_api_gateway_rest_api.api.execution_arn}/*/POST/${names.path}"
}

resource "aws_api_gateway_deployment" "deployment" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  depends_on  = [${Object.keys(directAnswers)
    .map((status) => `aws_api_gateway_integration_response.answer_${status}`)
    .join(', ')}]
  triggers = {
    authorizer  = aws_api_gateway_method.post.authorizer_id
    client      = aws_cognito_user_pool_client.client.id
    integration = aws_api_gateway_integration.lambda.uri
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "stage" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  deployment_id        = aws_api_gateway_deployment.deployment.id
  stage_name           = ${hcl(names.stage)}
  xray_tracing_enabled = ${settings.tracing}
}`;
}

/** A client error of the function is HTTP 400, a failure 500. */
function answerBlocks(): string {
  const blocks = Object.entries(directAnswers).map(([status, { selectionPattern, templates }]) => {
    const place = {
      rest_api_id: 'aws_api_gateway_rest_api.api.id',
      resource_id: 'aws_api_gateway_resource.path.id',
      http_method: 'aws_api_gateway_method.post.http_method',
      status_code: hcl(status),
    };
    const response = { ...place, response_models: hcl({ 'application/json': 'Empty' }) };
    const answer = {
      ...place,
      response_templates: hcl(templates),
      ...(selectionPattern !== undefined && { selection_pattern: hcl(selectionPattern) }),
      depends_on: `[aws_api_gateway_integration.lambda, aws_api_gateway_method_response.answer_${status}]`,
    };
    return [
      block('aws_api_gateway_method_response', `answer_${status}`, response),
      block('aws_api_gateway_integration_response', `answer_${status}`, answer),
    ].join('\n\n');
  });
  return blocks.join('\n\n');
}

function block(type: string, name: string, values: Record<string, string>): string {
  const width = Math.max(...Object.keys(values).map((key) => key.length));
  const lines = Object.entries(values).map(([key, value]) => `  ${key.padEnd(width)} = ${value}`);
  return `resource "${type}" "${name}" {\n${lines.join('\n')}\n}`;
}

/** A value as a Terraform expression, in the form that `terraform fmt` leaves as it is. */
function hcl(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(hcl).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).map(([key, member]) => `${hcl(key)} = ${hcl(member)}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  // Strings are written as in JSON, but for what would begin an interpolation.
  return JSON.stringify(value).replaceAll('${', '$${').replaceAll('%{', '%%{');
}
