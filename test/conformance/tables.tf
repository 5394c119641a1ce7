# Tables with everything that the engine serves of them, as a stranger's tool describes them.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "endpoint" { type = string }
variable "changed" { type = bool }
provider "aws" {
  region                      = "us-east-1"
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  endpoints {
    dynamodb = var.endpoint
  }
}
resource "aws_dynamodb_table" "orders" {
  name                        = "tf-orders"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "customer"
  range_key                   = "placed"
  stream_enabled              = true
  stream_view_type            = var.changed ? "KEYS_ONLY" : "NEW_AND_OLD_IMAGES"
  deletion_protection_enabled = !var.changed
  table_class                 = var.changed ? "STANDARD_INFREQUENT_ACCESS" : "STANDARD"
  attribute {
    name = "customer"
    type = "S"
  }
  attribute {
    name = "placed"
    type = "N"
  }
  attribute {
    name = "state"
    type = "S"
  }
  dynamic "attribute" {
    for_each = var.changed ? ["city"] : []
    content {
      name = attribute.value
      type = "S"
    }
  }
  local_secondary_index {
    name               = "by-state"
    range_key          = "state"
    projection_type    = "INCLUDE"
    non_key_attributes = ["total"]
  }
  global_secondary_index {
    name            = "states"
    hash_key        = "state"
    range_key       = "placed"
    projection_type = "KEYS_ONLY"
    on_demand_throughput {
      max_read_request_units  = var.changed ? 20 : 10
      max_write_request_units = 10
    }
  }
  dynamic "global_secondary_index" {
    for_each = var.changed ? ["city"] : []
    content {
      name            = "cities"
      hash_key        = "city"
      projection_type = "ALL"
    }
  }
  on_demand_throughput {
    max_read_request_units  = var.changed ? 200 : 100
    max_write_request_units = 100
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.changed ? 7 : 35
  }
  server_side_encryption {
    enabled = true
  }
  tags = { made-by = var.changed ? "another" : "terraform" }
}
resource "aws_dynamodb_table" "counters" {
  name             = "tf-counters"
  billing_mode     = var.changed ? "PAY_PER_REQUEST" : "PROVISIONED"
  read_capacity    = var.changed ? null : 5
  write_capacity   = var.changed ? null : 5
  hash_key         = "id"
  stream_enabled   = var.changed
  stream_view_type = var.changed ? "NEW_IMAGE" : null
  attribute {
    name = "id"
    type = "B"
  }
  attribute {
    name = "kind"
    type = "S"
  }
  global_secondary_index {
    name            = "kinds"
    hash_key        = "kind"
    projection_type = "ALL"
    read_capacity   = var.changed ? null : 5
    write_capacity  = var.changed ? null : 5
  }
}
resource "aws_dynamodb_table_item" "first" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key
  range_key  = aws_dynamodb_table.orders.range_key
  item       = jsonencode({ customer = { S = "ada" }, placed = { N = "1" }, total = { N = var.changed ? "2" : "1.5" }, tags = { SS = ["b", "a"] } })
}
output "stream" { value = aws_dynamodb_table.orders.stream_arn }
