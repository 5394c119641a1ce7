import { randomUUID } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { checkText, invalidParameter } from './constraints.ts';
import { currentDomain } from './domains.ts';
import { putPool, requireClient, requirePool } from './pools.ts';
import type { BrandingRecord, ClientRecord, CustomizationRecord, PoolRecord } from './records.ts';

/**
 * Styles of the hosted pages are kept and read back, so that tools which manage them work; the engine's own pages
 * keep their plain look. Images are refused: they would be lost without a word.
 */
function describe(pool: PoolRecord, branding: BrandingRecord): sdk.ManagedLoginBrandingType {
  return {
    ManagedLoginBrandingId: branding.id,
    UserPoolId: pool.id,
    UseCognitoProvidedValues: branding.useProvidedValues,
    // A document: whatever JSON it was created with.
    Settings: branding.settings as sdk.ManagedLoginBrandingType['Settings'],
    CreationDate: new Date(branding.createdAtMs),
    LastModifiedDate: new Date(branding.modifiedAtMs),
  };
}

function requireBranding(pool: PoolRecord, matches: (branding: BrandingRecord) => boolean): BrandingRecord {
  const branding = pool.brandings.find(matches);
  if (!branding) throw new AwsError('ResourceNotFoundException', 'Managed login branding does not exist.');
  return branding;
}

function refuseImages(member: 'Assets' | 'ImageFile', given: { length: number } | undefined): void {
  if (given?.length)
    throw invalidParameter(`The embedded engine does not serve images on its hosted pages (${member}).`);
}

function styleOf(
  input: sdk.CreateManagedLoginBrandingCommandInput | sdk.UpdateManagedLoginBrandingCommandInput,
): Pick<BrandingRecord, 'useProvidedValues' | 'settings'> {
  refuseImages('Assets', input.Assets);
  const { UseCognitoProvidedValues: useProvidedValues = false, Settings: settings } = input;
  if (useProvidedValues && settings !== undefined)
    throw invalidParameter('Settings cannot be given together with UseCognitoProvidedValues.');
  return { useProvidedValues, ...(settings !== undefined && { settings }) };
}

async function createManagedLoginBranding(
  input: sdk.CreateManagedLoginBrandingCommandInput,
  { engine, region }: Call,
): Promise<sdk.CreateManagedLoginBrandingResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const { ClientId: clientId } = requireClient(pool, input.ClientId);
  const style = styleOf(input);
  if (pool.brandings.some((branding) => branding.clientId === clientId))
    throw new AwsError(
      'ManagedLoginBrandingExistsException',
      'A managed login branding style already exists for this app client.',
    );
  const nowMs = engine.clock();
  const branding: BrandingRecord = {
    id: randomUUID(),
    clientId,
    ...style,
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
  };
  await putPool(engine, { ...pool, brandings: [...pool.brandings, branding] });
  return { ManagedLoginBranding: describe(pool, branding) };
}

function describeManagedLoginBranding(
  input: sdk.DescribeManagedLoginBrandingCommandInput,
  { engine, region }: Call,
): sdk.DescribeManagedLoginBrandingResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  const branding = requireBranding(pool, ({ id }) => id === input.ManagedLoginBrandingId);
  return { ManagedLoginBranding: describe(pool, branding) };
}

function describeManagedLoginBrandingByClient(
  input: sdk.DescribeManagedLoginBrandingByClientCommandInput,
  { engine, region }: Call,
): sdk.DescribeManagedLoginBrandingByClientResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  const branding = requireBranding(pool, ({ clientId }) => clientId === input.ClientId);
  return { ManagedLoginBranding: describe(pool, branding) };
}

async function updateManagedLoginBranding(
  input: sdk.UpdateManagedLoginBrandingCommandInput,
  { engine, region }: Call,
): Promise<sdk.UpdateManagedLoginBrandingResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const branding = requireBranding(pool, ({ id }) => id === input.ManagedLoginBrandingId);
  const { settings, ...rest } = branding;
  const changed: BrandingRecord = {
    ...rest,
    ...styleOf(input),
    modifiedAtMs: engine.clock(),
  };
  await putPool(engine, { ...pool, brandings: pool.brandings.map((known) => (known === branding ? changed : known)) });
  return { ManagedLoginBranding: describe(pool, changed) };
}

async function deleteManagedLoginBranding(
  input: sdk.DeleteManagedLoginBrandingCommandInput,
  { engine, region }: Call,
): Promise<object> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const branding = requireBranding(pool, ({ id }) => id === input.ManagedLoginBrandingId);
  await putPool(engine, { ...pool, brandings: pool.brandings.filter((known) => known !== branding) });
  return {};
}

function describeCustomization(pool: PoolRecord, customization: CustomizationRecord): sdk.UICustomizationType {
  return {
    UserPoolId: pool.id,
    ClientId: customization.clientId,
    CSS: customization.css,
    CSSVersion: customization.version,
    LastModifiedDate: new Date(customization.modifiedAtMs),
    CreationDate: new Date(customization.createdAtMs),
  };
}

async function setUICustomization(
  input: sdk.SetUICustomizationCommandInput,
  { engine, region }: Call,
): Promise<sdk.SetUICustomizationResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const { ClientId: clientId = 'ALL', CSS: css } = input;
  checkText(css, { member: 'css', max: 131_072 });
  refuseImages('ImageFile', input.ImageFile);
  if (clientId !== 'ALL') requireClient(pool, clientId);
  if (!currentDomain(engine, pool))
    throw invalidParameter('There has to be an existing domain associated with this user pool.');
  const nowMs = engine.clock();
  const known = pool.customizations.find((customization) => customization.clientId === clientId);
  const customization: CustomizationRecord = {
    clientId,
    ...(css !== undefined && { css }),
    version: new Date(nowMs).toISOString().replace(/\D/g, '').slice(0, 14),
    createdAtMs: known?.createdAtMs ?? nowMs,
    modifiedAtMs: nowMs,
  };
  const others = pool.customizations.filter((other) => other !== known);
  await putPool(engine, { ...pool, customizations: [...others, customization] });
  return { UICustomization: describeCustomization(pool, customization) };
}

/** A client without a style of its own shows the pool's; without either the answer is empty. That AWS looks for the client is not confirmed. */
function getUICustomization(
  input: sdk.GetUICustomizationCommandInput,
  { engine, region }: Call,
): sdk.GetUICustomizationResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  const { ClientId: clientId = 'ALL' } = input;
  if (clientId !== 'ALL') requireClient(pool, clientId);
  const find = (id: string) => pool.customizations.find((customization) => customization.clientId === id);
  const customization = find(clientId) ?? find('ALL');
  return { UICustomization: customization ? describeCustomization(pool, customization) : {} };
}

/** The style that version 2 of the hosted pages shows a client with. */
export function findBranding(pool: PoolRecord, client: ClientRecord): BrandingRecord | undefined {
  return pool.brandings.find((branding) => branding.clientId === client.ClientId);
}

export const brandingOperations = {
  CreateManagedLoginBranding: createManagedLoginBranding,
  DeleteManagedLoginBranding: deleteManagedLoginBranding,
  DescribeManagedLoginBranding: describeManagedLoginBranding,
  DescribeManagedLoginBrandingByClient: describeManagedLoginBrandingByClient,
  GetUICustomization: getUICustomization,
  SetUICustomization: setUICustomization,
  UpdateManagedLoginBranding: updateManagedLoginBranding,
} satisfies Operations<sdk.CognitoIdentityProvider>;
