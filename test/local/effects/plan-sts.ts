import { service as sts } from '../../../src/local/sts/service.ts';
import type { Plan } from './plan.ts';

export const stsPlan = (roleArn: string): Plan => ({
  service: sts,
  scene: async () => ({ RoleArn: roleArn }),
  picture: async () => undefined,
  values: ({ RoleArn }) => ({
    RoleArn: [RoleArn, `${RoleArn}-other`],
    ExternalId: ['its', 'no'],
    DurationSeconds: [900, 901],
    'Tags.Key': ['a', 'other'],
    TransitiveTagKeys: [['a'], ['other']],
    'PolicyArns.arn': ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    'ProvidedContexts.ProviderArn': ['arn:aws:iam::aws:contextProvider/IdentityCenter'],
  }),
  bases: () => ({
    'AssumeRole.Tags.Key': { Tags: [{ Key: 'a', Value: 'b' }], TransitiveTagKeys: ['a'] },
    AssumeRole: { RoleSessionName: 'session', ExternalId: 'its', Tags: [{ Key: 'a', Value: 'b' }] },
  }),
});
