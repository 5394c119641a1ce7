import { variableLabels } from '../../stack/definitions/function.ts';
import { smsRoleId } from '../../stack/definitions/sms-role.ts';
import type { Known, Node, NodeId } from '../../stack/node.ts';
import { secretVariables } from '../../stack/service.ts';
import {
  address,
  expression,
  hcl,
  labelOf,
  labelsOf,
  type TerraformBlock,
  terraformText,
} from '../../stack/terraform-blocks.ts';
import type { StackFacts } from './stack-facts.ts';

/**
 * A Terraform configuration that creates the stack, and imports what exists of it: each resource's own, from its desired
 * state, in which what other resources are known by is an expression. `zipFiles` hold the functions' code.
 */
export async function terraformConfiguration(
  facts: StackFacts,
  { zipFiles }: { zipFiles: ReadonlyMap<string, string> },
): Promise<string> {
  const { stack, place, settings, service } = facts;
  const blocks = await blocksOf(facts.graph, facts.known);
  const secrets = service.functions.flatMap(secretVariables);
  const variable = variableLabels(service);
  const path = facts.entryPath;
  return `# Stack "${stack}" in account ${place.accountId}, as \`dynops up\` makes it, for Terraform's AWS provider.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.0" }
  }
}

provider "aws" {
  region = ${hcl(place.region)}
}

variable "runtime" {
  description = "The functions' runtime. Releases of the provider before 6.19 refuse nodejs24.x: give them nodejs22.x."
  type        = string
  default     = ${hcl(settings.runtime)}
}

variable "zip" {
  description = "Files that hold the functions' code, by function."
  type        = map(string)
  default     = ${hcl(Object.fromEntries([...zipFiles].map(([name, file]) => [labelOf(name), file])))}
}

variable "password" {
  description = "Password of the user ${settings.username}."
  type        = string
  sensitive   = true
}

${[
  ...[...new Set(secrets)].map((name) => `variable "${variable(name)}" {\n  type      = string\n  sensitive = true\n}`),
  ...blocks.map(terraformText),
].join('\n\n')}

output "api_url" {
  value = ${hcl(`${expression('aws_api_gateway_stage.stage.invoke_url')}${path}`)}
}
`;
}

async function blocksOf(graph: readonly Node[], known: Known): Promise<TerraformBlock[]> {
  const textOf = ({ id }: Node) => id.slice(id.indexOf(':') + 1);
  // A function may be called as the pool's role is.
  const taken = (type: string) => (type === 'role' ? [smsRoleId] : []);
  const labels = new Map(
    [...new Set(graph.map(({ type }) => type))].map((type) => {
      const texts = graph.filter((node) => node.type === type).map(textOf);
      return [type, labelsOf(texts, taken(type))];
    }),
  );
  const label = (node: Node) => labels.get(node.type)?.(textOf(node)) ?? labelOf(textOf(node));
  const references = new Map<NodeId, object | undefined>();
  // Only what a definition gives as references is asked of these.
  const asExpressions = { ...known, actual: (id: NodeId) => references.get(id) } as Known;
  const made = new Map<NodeId, TerraformBlock[]>();
  for (const node of graph) {
    const desired = await node.desired(asExpressions);
    const own = node.terraform.blocks(desired, { label: label(node), actual: known.actual(node.id) });
    const before = node.after.flatMap((id) => made.get(id) ?? []).map((block) => expression(address(block)));
    const chained = own.map((block, index) => {
      const previous = own.slice(Math.max(0, index - 1), index).map((one) => expression(address(one)));
      const depends = index === 0 ? before : previous;
      return { ...block, attributes: { ...block.attributes, depends_on: depends.length > 0 ? depends : undefined } };
    });
    made.set(node.id, chained);
    references.set(node.id, node.terraform.reference?.(label(node), asExpressions));
  }
  return [...made.values()].flat();
}
