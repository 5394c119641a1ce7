# The same microservice as `dynops up` makes, as a stranger's tool describes it.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" { type = string }
variable "zip" { type = string }
variable "memory" { type = number }

provider "aws" {
  region                      = "us-east-1"
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = false
  skip_credentials_validation = false
  endpoints {
    apigateway = var.endpoint
    cognitoidp = var.endpoint
    dynamodb   = var.endpoint
    iam        = var.endpoint
    lambda     = var.endpoint
    logs       = var.endpoint
    sts        = var.endpoint
  }
}

data "aws_caller_identity" "me" {}

resource "aws_iam_role" "function" {
  name = "tf-lambda-apigateway-role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  tags = { made-by = "terraform" }
}

# By name: the provider looks through what ListPolicies answers.
data "aws_iam_policy" "logs" {
  name = "AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.function.name
  policy_arn = data.aws_iam_policy.logs.arn
}

resource "aws_iam_role_policy" "function" {
  name = "tf-policy"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["dynamodb:PutItem"], Resource = aws_dynamodb_table.items.arn }]
  })
}

resource "aws_dynamodb_table" "items" {
  name         = "tf-lambda-apigateway"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  tags = { made-by = "terraform" }
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/tf-function"
  retention_in_days = 14
  tags              = { made-by = "terraform" }
}

resource "aws_lambda_function" "function" {
  function_name    = "tf-function"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  architectures    = ["arm64"]
  handler          = "index.handler"
  filename         = var.zip
  source_code_hash = filebase64sha256(var.zip)
  memory_size      = var.memory
  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function.name
    application_log_level = "DEBUG"
  }
  dynamic "environment" {
    for_each = var.memory > 128 ? [] : ["hello"]
    content { variables = { GREETING = environment.value } }
  }
  tags       = { made-by = "terraform" }
  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

resource "aws_lambda_function_event_invoke_config" "function" {
  function_name                = aws_lambda_function.function.function_name
  maximum_retry_attempts       = var.memory > 128 ? 1 : 0
  maximum_event_age_in_seconds = 60
}

resource "aws_lambda_function" "published" {
  function_name    = "tf-published"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = var.zip
  source_code_hash = filebase64sha256(var.zip)
  memory_size      = var.memory
  publish          = true
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.published.function_name
  function_version = aws_lambda_function.published.version
  dynamic "routing_config" {
    for_each = var.memory > 128 ? ["1"] : []
    content { additional_version_weights = { (routing_config.value) = 0.25 } }
  }
}

resource "aws_lambda_function_event_invoke_config" "live" {
  function_name          = aws_lambda_function.published.function_name
  qualifier              = aws_lambda_alias.live.name
  maximum_retry_attempts = 0
}

resource "aws_cloudwatch_log_group" "access" {
  name = "/tf/access"
}

resource "aws_api_gateway_rest_api" "api" {
  name = "tf-DynamoDBOperations"
  endpoint_configuration {
    types           = ["REGIONAL"]
    ip_address_type = "dualstack"
  }
  tags = { made-by = "terraform" }
}

resource "aws_api_gateway_model" "item" {
  rest_api_id  = aws_api_gateway_rest_api.api.id
  name         = "Item"
  description  = "for functions of ${var.memory} MB"
  content_type = "application/json"
  schema       = jsonencode({ type = "object" })
}

resource "aws_api_gateway_request_validator" "parameters" {
  rest_api_id                 = aws_api_gateway_rest_api.api.id
  name                        = "parameters-${var.memory}"
  validate_request_parameters = true
}

resource "aws_api_gateway_resource" "path" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "DynamoDBManager"
}

resource "aws_api_gateway_authorizer" "pool" {
  name            = "tf-authorizer"
  type            = "COGNITO_USER_POOLS"
  rest_api_id     = aws_api_gateway_rest_api.api.id
  provider_arns   = [aws_cognito_user_pool.pool.arn]
  identity_source = "method.request.header.Authorization"
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
  integration_http_method = "POST"
  type                    = "AWS"
  uri                     = aws_lambda_function.function.invoke_arn
}

resource "aws_api_gateway_method_response" "ok" {
  rest_api_id     = aws_api_gateway_rest_api.api.id
  resource_id     = aws_api_gateway_resource.path.id
  http_method     = aws_api_gateway_method.post.http_method
  status_code     = "200"
  response_models = { "application/json" = "Empty" }
}

resource "aws_api_gateway_integration_response" "ok" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.path.id
  http_method = aws_api_gateway_method.post.http_method
  status_code = aws_api_gateway_method_response.ok.status_code
  depends_on  = [aws_api_gateway_integration.lambda]
}

resource "aws_lambda_permission" "gateway" {
  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/*/POST/DynamoDBManager"
}

resource "aws_lambda_permission" "live" {
  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.published.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/*/GET/DynamoDBManager"
}

resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.path.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "live" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.path.id
  http_method             = aws_api_gateway_method.get.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_alias.live.invoke_arn
}

resource "aws_api_gateway_deployment" "now" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers    = { redeploy = sha1(jsonencode([aws_api_gateway_integration.lambda.id, aws_api_gateway_integration.lambda.uri])) }
  depends_on  = [aws_api_gateway_integration_response.ok, aws_api_gateway_integration.live]
  lifecycle { create_before_destroy = true }
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  deployment_id        = aws_api_gateway_deployment.now.id
  stage_name           = "prod"
  xray_tracing_enabled = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = "$context.requestId $context.status ${var.memory}"
  }
  tags                 = { made-by = "terraform" }
}

resource "aws_cognito_user_pool" "pool" {
  name = "tf-serverlesspool"
  username_configuration { case_sensitive = false }
  password_policy {
    minimum_length                   = var.memory > 128 ? 7 : 6
    temporary_password_validity_days = 7
  }
  admin_create_user_config { allow_admin_create_user_only = true }
  tags = { made-by = "terraform", for = tostring(var.memory) }
}

resource "aws_cognito_user_pool_client" "client" {
  name                                 = "tf-client"
  user_pool_id                         = aws_cognito_user_pool.pool.id
  generate_secret                      = false
  explicit_auth_flows                  = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code", "implicit"]
  allowed_oauth_scopes                 = ["openid", "email"]
  callback_urls                        = ["https://example.com"]
  supported_identity_providers         = ["COGNITO"]
}

resource "aws_cognito_user_pool_domain" "domain" {
  domain       = "tf-stack-sign-in"
  user_pool_id = aws_cognito_user_pool.pool.id
}

resource "aws_cognito_user" "user" {
  user_pool_id = aws_cognito_user_pool.pool.id
  username     = "testuser"
  password     = "secret1"
}

output "api_id" { value = aws_api_gateway_rest_api.api.id }
output "client_id" { value = aws_cognito_user_pool_client.client.id }
output "account" { value = data.aws_caller_identity.me.account_id }
