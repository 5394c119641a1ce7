/** Members that have effects which no answer of the probe shows: `service Operation.member`, the effect, and the test that holds it. */
export const held: [member: RegExp, effect: string, test: string][] = [
  [
    /^dynamodb TransactWriteItems\.ClientRequestToken$/,
    'a repeated request is done once',
    'test/local/dynamodb/transactions.test.ts "carries a request out once however often it is repeated with its token"',
  ],
  [
    /^dynamodb ExecuteTransaction\.ClientRequestToken$/,
    'a repeated request is done once',
    'test/local/dynamodb/partiql/partiql.test.ts "is done once for one token"',
  ],
  [
    /^sts AssumeRole\.TransitiveTagKeys$/,
    'tags that sessions of this one keep',
    'test/local/sts/sessions.test.ts "keeps transitive tags"',
  ],
  [
    /^cognito ConfirmSignUp\.ForceAliasCreation$/,
    "takes another user's address over",
    'test/local/cognito/sign-up.test.ts "take an address over only by ForceAliasCreation"',
  ],
  [
    /^cognito SignUp\.Password$/,
    'lets in, once the account is confirmed',
    'test/local/cognito/sign-up.test.ts "makes an unconfirmed user, sends a code to the inbox, and lets in who has it"',
  ],
];

/** Members that are looked at, and change nothing whatever they are, beside those that are not looked at (nothing-ignored-reasons.ts). */
export const alike: [member: RegExp, why: string][] = [
  [/^apigateway Get(ApiKeys|UsagePlans)\.limit$/, 'there are none'],
  [/^cognito ListIdentityProviders\.MaxResults$/, 'there are none'],
  [/^dynamodb ListBackups\./, 'there are none'],
  [/^iam (ListAccountAliases|ListInstanceProfilesForRole)\.MaxItems$/, 'there are none'],
  [/^iam ListEntitiesForPolicy\.EntityFilter$/, 'roles alone have policies here: of users and groups there are none'],
  [/^lambda ListEventSourceMappings\.MaxItems$/, 'there are none'],
  [/^streams DescribeStream\.Limit$/, 'there is one shard'],
  [/^streams DescribeStream\.ShardFilter\.ShardId$/, 'the only shard has no children, whichever is asked for'],
];
