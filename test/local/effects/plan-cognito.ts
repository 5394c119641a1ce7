import { messagesAfter } from '../../../src/local/cognito/inbox.ts';
import { service } from '../../../src/local/cognito/service.ts';
import type { Engine } from '../../../src/local/engine.ts';
import type { Names } from '../every-input.ts';
import { absent, type Plan, type Run } from './plan.ts';
import { each, ifThere, itemsOf } from './reading.ts';

const [first, second] = ['Aa1!aaaa', 'Bb2!bbbb'];
const flows = [
  'ALLOW_USER_PASSWORD_AUTH',
  'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_USER_SRP_AUTH',
  'ALLOW_USER_AUTH',
];

const idOf = (answer: Names, name: string, id: string) => String((answer[name] as Names)[id]);
/** Operations that no user is needed for, which take a while to make. */
const isOfPools = /^(Create|Update)(UserPool|ResourceServer|ManagedLogin)|^SetU/;

/** Operations by which passwords and sessions begin and end. */
const isOfUsers = /Password|SignOut|Revoke|Challenge|Enable|Disable|DeleteUser$/;

const email = (value: string) => [{ Name: 'email', Value: value }];

/** `role`: one that may send text messages, with its external ID. */
export const cognitoPlan = (engine: () => Engine, role: { SnsCallerArn: string; ExternalId: string }): Plan => {
  const signIn = async (run: Run, ClientId: unknown, PASSWORD = first, USERNAME = 'ada') => {
    const AuthParameters = { USERNAME, PASSWORD };
    const answer = await run('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters });
    return answer.AuthenticationResult as Record<string, string>;
  };
  /** Which tokens and passwords are good. */
  const signIns = (run: Run, { access, refresh, ClientId }: Names) => {
    const AuthParameters = { REFRESH_TOKEN: refresh };
    const signedIn = async (password: string, name: string) => {
      const tokens = await ifThere(signIn(run, ClientId, password, name).then((given) => ({ given })));
      return `${name} by ${password}: ${tokens?.given !== undefined}`;
    };
    return Promise.all([
      ifThere(run('GetUser', { AccessToken: access })).then((user) => ({ access: user !== undefined })),
      ifThere(run('InitiateAuth', { ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters })),
      ...[first, second].flatMap((password) => ['ada', 'eve'].map((name) => signedIn(password, name))),
    ]);
  };
  const codeFor = (pool: unknown, username: string) =>
    messagesAfter(engine(), 0)
      .filter((message) => message.poolId === pool && message.username === username)
      .at(-1)?.code;
  const challenge = async (run: Run, { UserPoolId, ClientId }: Names) => {
    await run('AdminSetUserPassword', { UserPoolId, Username: 'eve', Password: first });
    const AuthParameters = { USERNAME: 'eve', PASSWORD: first };
    const { Session } = await run('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters });
    return { session: Session };
  };
  const signUp = async (run: Run, { UserPoolId, ClientId }: Names) => {
    await run('SignUp', { ClientId, Username: 'new', Password: first, UserAttributes: email('n@b.c') });
    await run('SignUp', { ClientId, Username: 'newer', Password: first, UserAttributes: email('m@b.c') });
    return { code: codeFor(UserPoolId, 'new') };
  };
  return {
    service,
    async scene(run, number, _region, _other, operation) {
      const pool = await run('CreateUserPool', {
        PoolName: 'here',
        AutoVerifiedAttributes: ['email'],
        AliasAttributes: ['preferred_username', 'email'],
        UserPoolTags: { a: 'b', c: 'd' },
        SmsConfiguration: role,
        Schema: [{ Name: 'own', AttributeDataType: 'String', Mutable: true }],
      });
      const UserPoolId = idOf(pool, 'UserPool', 'Id');
      const otherPool = idOf(await run('CreateUserPool', { PoolName: 'other' }), 'UserPool', 'Id');
      const client = async (ClientName: string, more: object = {}) =>
        idOf(
          await run('CreateUserPoolClient', { UserPoolId, ClientName, ExplicitAuthFlows: flows, ...more }),
          'UserPoolClient',
          'ClientId',
        );
      const ClientId = await client('here');
      const rotating = await client('rotating', {
        RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
      });
      const secret = await run('CreateUserPoolClient', { UserPoolId, ClientName: 'secret', GenerateSecret: true });
      const user = async (Username: string, value: string) => {
        const UserAttributes = [
          ...email(value),
          { Name: 'email_verified', Value: 'true' },
          { Name: 'name', Value: 'n' },
          { Name: 'custom:own', Value: 'n' },
        ];
        await run('AdminCreateUser', { UserPoolId, Username, MessageAction: 'SUPPRESS', UserAttributes });
        await run('AdminSetUserPassword', { UserPoolId, Username, Password: first, Permanent: true });
      };
      const hasUsers = !isOfPools.test(operation);
      if (hasUsers) await user('ada', 'ada@b.c');
      if (hasUsers) await user('eve', 'eve@b.c');
      for (const GroupName of ['here', 'other']) {
        await run('CreateGroup', { UserPoolId, GroupName });
        if (hasUsers) await run('AdminAddUserToGroup', { UserPoolId, GroupName, Username: 'ada' });
      }
      if (hasUsers) await run('AdminAddUserToGroup', { UserPoolId, GroupName: 'here', Username: 'eve' });
      for (const Identifier of ['here', 'other']) {
        await run('CreateResourceServer', {
          UserPoolId,
          Identifier,
          Name: Identifier,
          Scopes: [{ ScopeName: 's', ScopeDescription: 'd' }],
        });
      }
      await run('CreateUserPoolDomain', { UserPoolId, Domain: `here${number}` });
      await run('SetUICustomization', { UserPoolId, ClientId, CSS: '.label-customizable { color: green; }' });
      const branding = await run('CreateManagedLoginBranding', {
        UserPoolId,
        ClientId,
        UseCognitoProvidedValues: true,
      });
      const otherBranding = await run('CreateManagedLoginBranding', {
        UserPoolId,
        ClientId: rotating,
        UseCognitoProvidedValues: true,
      });
      const tokens = hasUsers ? await signIn(run, ClientId) : {};
      const token = async (operation: string, limit: object) =>
        (await run(operation, { UserPoolId, ...limit })).NextToken;
      const arn = (id: string) => idOf({ a: { b: id } }, 'a', 'b');
      return {
        UserPoolId,
        otherPool,
        ClientId,
        rotating,
        number,
        secretClient: idOf(secret, 'UserPoolClient', 'ClientId'),
        secret: idOf(secret, 'UserPoolClient', 'ClientSecret'),
        arn: idOf(pool, 'UserPool', 'Arn'),
        branding: idOf(branding, 'ManagedLoginBranding', 'ManagedLoginBrandingId'),
        otherBranding: idOf(otherBranding, 'ManagedLoginBranding', 'ManagedLoginBrandingId'),
        access: tokens.AccessToken,
        refresh: tokens.RefreshToken,
        domain: arn(`here${number}`),
        tokens: {
          ListUserPools: (await run('ListUserPools', { MaxResults: 1 })).NextToken,
          ListUserPoolClients: await token('ListUserPoolClients', { MaxResults: 1 }),
          ListGroups: await token('ListGroups', { Limit: 1 }),
          ListUsersInGroup: await token('ListUsersInGroup', { Limit: 1, GroupName: 'here' }),
          AdminListGroupsForUser: hasUsers && (await token('AdminListGroupsForUser', { Limit: 1, Username: 'ada' })),
          ListResourceServers: await token('ListResourceServers', { MaxResults: 1 }),
        },
        pageToken: (await run('ListUsers', { UserPoolId, Limit: 1 })).PaginationToken,
      };
    },
    async picture(run, names, operation) {
      const pools = itemsOf(await run('ListUserPools', { MaxResults: 60 }), 'UserPools');
      const domain = names.domain;
      const all = await each(pools, async ({ Id: UserPoolId }) => {
        const list = async (operation: string, name: string, limit = 'MaxResults', of = {}) =>
          itemsOf(await run(operation, { UserPoolId, [limit]: 50, ...of }), name);
        const clients = await list('ListUserPoolClients', 'UserPoolClients');
        const groups = await list('ListGroups', 'Groups', 'Limit');
        const users = await list('ListUsers', 'Users', 'Limit');
        return [
          await run('DescribeUserPool', { UserPoolId }),
          await each(clients, async ({ ClientId }) => [
            await run('DescribeUserPoolClient', { UserPoolId, ClientId }),
            await ifThere(run('DescribeManagedLoginBrandingByClient', { UserPoolId, ClientId })),
            await run('GetUICustomization', { UserPoolId, ClientId }),
          ]),
          await each(groups, async (group) => [
            group,
            await list('ListUsersInGroup', 'Users', 'Limit', { GroupName: group.GroupName }),
          ]),
          await each(users, async (user) => [user, await run('AdminGetUser', { UserPoolId, Username: user.Username })]),
          await list('ListResourceServers', 'ResourceServers', 'MaxResults'),
        ];
      });
      const messages = messagesAfter(engine(), 0).filter(
        ({ poolId }) => poolId === names.UserPoolId || poolId === names.otherPool,
      );
      const domains = [`here${names.number}`, `new${names.number}`, `newer${names.number}`];
      return [
        all,
        await each(domains, (Domain) => run('DescribeUserPoolDomain', { Domain })),
        messages.map(({ username, medium, to, subject, text, link }) => [
          username,
          medium,
          to,
          subject,
          text.replace(/\d{6}/, '<code>'),
          link !== undefined,
        ]),
        String(domain ?? ''),
        ...(isOfUsers.test(operation) ? await signIns(run, names) : []),
      ];
    },
    values: (names) => {
      const {
        UserPoolId,
        otherPool,
        ClientId,
        rotating,
        number,
        arn,
        branding,
        otherBranding,
        access,
        refresh,
        tokens,
      } = names;
      const changes = Object.fromEntries(
        ['CreateUserPool', 'UpdateUserPool'].flatMap((operation) =>
          Object.entries({
            AutoVerifiedAttributes: [['email'], ['phone_number'], ['email', 'phone_number'], []],
            'SmsConfiguration.SnsCallerArn': [role.SnsCallerArn, 'arn:aws:iam::000000000000:role/none-there'],
            'SmsConfiguration.ExternalId': [role.ExternalId, 'another'],
            'Policies.PasswordPolicy.MinimumLength': [6, 7],
            SmsVerificationMessage: ['{####} a', '{####} b'],
            EmailVerificationMessage: ['{####} a', '{####} b'],
            SmsAuthenticationMessage: ['{####} a', '{####} b'],
            'VerificationMessageTemplate.SmsMessage': ['{####} a', '{####} b'],
            'VerificationMessageTemplate.EmailMessage': ['{####} a', '{####} b'],
            'VerificationMessageTemplate.EmailMessageByLink': ['{##a##} a', '{##a##} b'],
            'AdminCreateUserConfig.InviteMessageTemplate.SMSMessage': ['{username} {####} a', '{username} {####} b'],
            'AdminCreateUserConfig.InviteMessageTemplate.EmailMessage': ['{username} {####} a', '{username} {####} b'],
            'EmailConfiguration.SourceArn': [
              'arn:aws:ses:us-east-1:000000000000:identity/a@b.c',
              'arn:aws:ses:us-east-1:000000000000:identity/c@b.c',
            ],
            'EmailConfiguration.ReplyToEmailAddress': ['a@b.c', 'c@b.c'],
            'AccountRecoverySetting.RecoveryMechanisms.Name': ['verified_email', 'verified_phone_number', 'admin_only'],
            'UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate': [['email'], []],
          }).map(([path, values]) => [`${operation}.${path}`, values]),
        ),
      );
      const clientChanges = Object.fromEntries(
        ['CreateUserPoolClient', 'UpdateUserPoolClient'].flatMap((operation) =>
          Object.entries({
            CallbackURLs: [['https://a.b/c'], ['https://a.b/d'], ['https://a.b/c', 'https://a.b/d']],
            LogoutURLs: [['https://a.b/c'], ['https://a.b/d']],
            DefaultRedirectURI: ['https://a.b/c', 'https://a.b/d'],
            AllowedOAuthFlows: [['code'], ['implicit'], ['code', 'implicit']],
            AllowedOAuthScopes: [['openid'], ['email'], ['here/s']],
            ReadAttributes: [['email'], ['name']],
            WriteAttributes: [['email'], ['name']],
            SupportedIdentityProviders: [['COGNITO'], ['Google']],
            ExplicitAuthFlows: [...flows, 'ALLOW_CUSTOM_AUTH'].map((flow) => [flow]).concat([['ADMIN_NO_SRP_AUTH']]),
            'TokenValidityUnits.AccessToken': ['minutes', 'hours', 'days', 'seconds'],
            'TokenValidityUnits.IdToken': ['minutes', 'hours', 'days', 'seconds'],
            'TokenValidityUnits.RefreshToken': ['hours', 'days', 'minutes', 'seconds'],
            AuthSessionValidity: [3, 4],
            RetryGracePeriodSeconds: [0, 1, 60],
          }).map(([path, values]) => [`${operation}.${path}`, values]),
        ),
      );
      return {
        UserPoolId: [UserPoolId, otherPool],
        ...Object.fromEntries(
          [
            'GetUICustomization',
            'SetUICustomization',
            'GetUserPoolMfaConfig',
            'SetUserPoolMfaConfig',
            'ListIdentityProviders',
          ].map((operation) => [`${operation}.UserPoolId`, [UserPoolId, 'us-east-1_nonethere']]),
        ),
        ...Object.fromEntries(
          ['SignUp', 'ConfirmSignUp', 'ForgotPassword', 'ConfirmForgotPassword', 'ResendConfirmationCode'].map(
            (operation) => [`${operation}.ClientId`, [ClientId, 'nonethere']],
          ),
        ),
        'CreateManagedLoginBranding.ClientId': [names.secretClient, 'nonethere'],
        'AdminAddUserToGroup.Username': ['eve', 'nobody'],
        'AdminAddUserToGroup.GroupName': ['other', 'none'],
        LambdaArn: ['arn:aws:lambda:us-east-1:000000000000:function:f'],
        KMSKeyID: ['arn:aws:kms:us-east-1:000000000000:key/k'],
        SnsCallerArn: [role.SnsCallerArn],
        CertificateArn: ['arn:aws:acm:us-east-1:000000000000:certificate/c'],
        ClientId: [ClientId, rotating],
        Username: ['ada', 'eve'],
        'AdminCreateUser.Username': ['new', 'newer'],
        'SignUp.Username': ['new', 'newer'],
        'ConfirmSignUp.Username': ['new', 'newer'],
        'AdminConfirmSignUp.Username': ['new', 'newer'],
        'ResendConfirmationCode.Username': ['new', 'newer'],
        GroupName: ['here', 'other'],
        'CreateGroup.GroupName': ['new', 'newer'],
        Identifier: ['here', 'other'],
        'CreateResourceServer.Identifier': ['new', 'newer'],
        Domain: [`here${number}`, `none${number}`],
        'CreateUserPoolDomain.Domain': [`new${number}`, `newer${number}`],
        ResourceArn: [arn, String(arn).replace(String(UserPoolId), String(otherPool))],
        ManagedLoginBrandingId: [branding, otherBranding],
        AccessToken: [access, 'none'],
        Token: [refresh, 'none'],
        RefreshToken: [names.rotated ?? refresh, 'none'],
        TagKeys: [['a'], ['c'], ['a', 'c']],
        Password: [first, second],
        PreviousPassword: [first, second],
        ProposedPassword: [second, 'Cc3!cccc'],
        TemporaryPassword: [first, second],
        ConfirmationCode: [names.code ?? '123456', 'wrong'],
        Code: [names.code ?? '123456', 'wrong'],
        AttributeName: ['email', 'phone_number'],
        UserAttributeNames: [['name'], ['custom:own'], ['name', 'custom:own']],
        'UserAttributes.Name': ['name', 'nickname'],
        'UserAttributes.Value': ['x', 'y'],
        'SignUp.UserAttributes.Name': ['name', 'nickname'],
        DesiredDeliveryMediums: [['EMAIL'], ['SMS'], ['EMAIL', 'SMS']],
        MessageAction: ['SUPPRESS', absent],
        SecretHash: ['wrong'],
        NextToken: [absent, 'none of ours'],
        ...Object.fromEntries(
          Object.entries((tokens ?? {}) as Names).map(([operation, token]) => [
            `${operation}.NextToken`,
            [absent, token],
          ]),
        ),
        PaginationToken: [absent, names.pageToken],
        Filter: ['username = "ada"', 'username = "eve"'],
        AttributesToGet: [['email'], ['name'], ['email', 'name']],
        Precedence: [0, 1],
        RoleArn: ['arn:aws:iam::000000000000:role/a', 'arn:aws:iam::000000000000:role/b'],
        'InitiateAuth.AuthFlow': [
          'USER_PASSWORD_AUTH',
          'USER_AUTH',
          'REFRESH_TOKEN_AUTH',
          'CUSTOM_AUTH',
          'ADMIN_USER_PASSWORD_AUTH',
        ],
        'AdminInitiateAuth.AuthFlow': [
          'ADMIN_USER_PASSWORD_AUTH',
          'USER_AUTH',
          'REFRESH_TOKEN_AUTH',
          'CUSTOM_AUTH',
          'USER_PASSWORD_AUTH',
        ],
        AuthParameters: [
          { USERNAME: 'ada', PASSWORD: first },
          { USERNAME: 'eve', PASSWORD: first },
        ],
        Session: [names.session, 'wrong'.repeat(8)],
        'AdminInitiateAuth.Session': ['a'.repeat(20), 'b'.repeat(20)],
        'InitiateAuth.Session': ['a'.repeat(20), 'b'.repeat(20)],
        'ConfirmSignUp.Session': ['a'.repeat(20)],
        ChallengeName: ['NEW_PASSWORD_REQUIRED', 'PASSWORD', 'SMS_MFA'],
        ChallengeResponses: [
          { USERNAME: 'eve', NEW_PASSWORD: second },
          { USERNAME: 'eve', NEW_PASSWORD: 'Cc3!cccc' },
        ],
        CSS: ['.label-customizable { color: red; }', '.label-customizable { color: blue; }'],
        ImageFile: [new Uint8Array([1])],
        MaxResults: [1, 2],
        Limit: [1, 2],
        AttributeDataType: ['String', 'Number', 'DateTime', 'Boolean'],
        'CustomAttributes.Name': ['extra', 'more'],
        'Schema.Name': ['extra', 'more'],
        MinValue: ['1', '2'],
        MaxValue: ['11', '12'],
        MinLength: ['1', '2'],
        MaxLength: ['11', '12'],
        ClientSecret: ['x'.repeat(24), 'y'.repeat(24)],
        'GetTokensFromRefreshToken.ClientSecret': ['wrong'],
        'RevokeToken.ClientSecret': ['wrong'],
        ManagedLoginVersion: [1, 2],
        ...changes,
        ...clientChanges,
      };
    },
    bases: ({ rotating, ClientId, number, access, session, refresh, secretClient }) => {
      const challenged = {
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session: session,
        ChallengeResponses: { USERNAME: 'eve', NEW_PASSWORD: second },
      };
      const oauth = {
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['openid'],
        CallbackURLs: ['https://a.b/c', 'https://a.b/d'],
      };
      const rotation = { RefreshTokenRotation: { Feature: 'ENABLED' } };
      const validity = { AccessTokenValidity: 1, IdTokenValidity: 1, RefreshTokenValidity: 2 };
      const ofClients = (operation: string) => ({
        [`${operation}.AllowedOAuthFlows`]: oauth,
        [`${operation}.AllowedOAuthScopes`]: oauth,
        [`${operation}.AllowedOAuthFlowsUserPoolClient`]: oauth,
        [`${operation}.DefaultRedirectURI`]: oauth,
        [`${operation}.LogoutURLs`]: oauth,
        [`${operation}.RefreshTokenRotation`]: rotation,
        [`${operation}.TokenValidityUnits`]: validity,
      });
      const sms = { AutoVerifiedAttributes: ['email'], SmsConfiguration: role };
      const ofPools = (operation: string) => ({
        [`${operation}.AutoVerifiedAttributes`]: { SmsConfiguration: role },
        [`${operation}.SmsConfiguration`]: sms,
        [`${operation}.UserAttributeUpdateSettings`]: sms,
      });
      return {
        ...ofClients('CreateUserPoolClient'),
        ...ofClients('UpdateUserPoolClient'),
        ...ofPools('CreateUserPool'),
        ...ofPools('UpdateUserPool'),
        'UpdateUserPool.AutoVerifiedAttributes': {
          SmsConfiguration: role,
          UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: [] },
        },
        CreateUserPool: { PoolName: 'new' },
        CreateUserPoolClient: { ClientName: 'new' },
        'CreateUserPool.Schema': { Schema: [{ Name: 'extra', AttributeDataType: 'String' }] },
        'CreateUserPool.Schema.NumberAttributeConstraints': {
          Schema: [{ Name: 'extra', AttributeDataType: 'Number' }],
        },
        AddCustomAttributes: { CustomAttributes: [{ Name: 'extra', AttributeDataType: 'String' }] },
        CreateManagedLoginBranding: { ClientId: secretClient, UseCognitoProvidedValues: true },
        UpdateManagedLoginBranding: { UseCognitoProvidedValues: false },
        CreateUserPoolDomain: { Domain: `new${number}` },
        DescribeUserPoolDomain: { Domain: `here${number}` },
        UpdateUserPoolDomain: { Domain: `here${number}` },
        DeleteUserPoolDomain: { Domain: `here${number}` },
        CreateGroup: { GroupName: 'new' },
        CreateResourceServer: { Identifier: 'new', Name: 'new' },
        'CreateResourceServer.Scopes': { Scopes: [{ ScopeName: 'x', ScopeDescription: 'x' }] },
        UpdateResourceServer: { Name: 'changed' },
        'UpdateResourceServer.Scopes': { Scopes: [{ ScopeName: 'x', ScopeDescription: 'x' }] },
        AdminCreateUser: {
          Username: 'new',
          TemporaryPassword: first,
          DesiredDeliveryMediums: ['EMAIL'],
          UserAttributes: [...email('n@b.c'), { Name: 'phone_number', Value: '+15550100' }],
        },
        'AdminCreateUser.ForceAliasCreation': {
          UserAttributes: [...email('ada@b.c'), { Name: 'email_verified', Value: 'true' }],
        },
        AdminAddUserToGroup: { Username: 'eve', GroupName: 'other' },
        AdminSetUserPassword: { Permanent: true, Password: second },
        'AddCustomAttributes.CustomAttributes.NumberAttributeConstraints': {
          CustomAttributes: [{ Name: 'extra', AttributeDataType: 'Number' }],
        },
        'AdminCreateUser.UserAttributes': { UserAttributes: [{ Name: 'name', Value: 'x' }] },
        AdminUpdateUserAttributes: { UserAttributes: [{ Name: 'name', Value: 'x' }] },
        UpdateUserAttributes: { UserAttributes: [{ Name: 'name', Value: 'x' }] },
        'SignUp.UserAttributes': { UserAttributes: [...[{ Name: 'name', Value: 'x' }]] },
        SignUp: { Username: 'new', Password: first, UserAttributes: email('n@b.c') },
        InitiateAuth: {
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: 'ada', PASSWORD: first, REFRESH_TOKEN: refresh },
        },
        AdminInitiateAuth: {
          AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: 'ada', PASSWORD: first, REFRESH_TOKEN: refresh },
        },
        GetTokensFromRefreshToken: { ClientId: rotating },
        RespondToAuthChallenge: challenged,
        AdminRespondToAuthChallenge: challenged,
        ConfirmSignUp: { Username: 'new' },
        ResendConfirmationCode: { Username: 'new' },
        AdminConfirmSignUp: { Username: 'new' },
        RevokeToken: { ClientId },
        GetUserAttributeVerificationCode: { AttributeName: 'email', AccessToken: access },
        VerifyUserAttribute: { AttributeName: 'email', AccessToken: access },
      };
    },
    before: {
      async GetTokensFromRefreshToken(run, { rotating }) {
        return { rotated: (await signIn(run, rotating)).RefreshToken };
      },
      RespondToAuthChallenge: challenge,
      AdminRespondToAuthChallenge: challenge,
      ConfirmSignUp: signUp,
      AdminConfirmSignUp: signUp,
      ResendConfirmationCode: signUp,
      async ConfirmForgotPassword(run, { ClientId, UserPoolId }) {
        await run('ForgotPassword', { ClientId, Username: 'ada' });
        return { code: codeFor(UserPoolId, 'ada') };
      },
      async VerifyUserAttribute(run, { access, UserPoolId }) {
        await run('UpdateUserAttributes', { AccessToken: access, UserAttributes: email('new@b.c') });
        return { code: codeFor(UserPoolId, 'ada') };
      },
      async CreateUserPoolDomain(run, { UserPoolId, number }) {
        await run('DeleteUserPoolDomain', { UserPoolId, Domain: `here${number}` });
        return undefined;
      },
      async AdminEnableUser(run, { UserPoolId }) {
        for (const Username of ['ada', 'eve']) await run('AdminDisableUser', { UserPoolId, Username });
        return undefined;
      },
      async DeleteUserPool(run, { UserPoolId, number }) {
        await run('DeleteUserPoolDomain', { UserPoolId, Domain: `here${number}` });
        return undefined;
      },
    },
  };
};
