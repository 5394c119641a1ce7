// The AWS SDK comes with Lambda's runtime.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';

const table = process.env.NOTES_TABLE;
const notes = DynamoDBDocumentClient.from(new DynamoDBClient());
// Pages of the origin in dynops.json may read the answers; where it lists several, send back the one that asks.
const headers = { 'content-type': 'application/json', 'access-control-allow-origin': process.env.CORS_ORIGINS };

export async function handler(event) {
  const owner = event.requestContext.authorizer.claims.sub;
  const id = event.pathParameters?.id;
  if (id === undefined) {
    const found = await notes.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': owner },
      }),
    );
    return answer(200, found.Items ?? []);
  }
  const key = { owner, id };
  switch (event.httpMethod) {
    case 'PUT': {
      const { text } = JSON.parse(event.body ?? '{}');
      if (typeof text !== 'string' || text === '') return answer(400, { message: 'A note needs a text.' });
      const note = { ...key, text, changedAt: new Date().toISOString() };
      await notes.send(new PutCommand({ TableName: table, Item: note }));
      return answer(200, note);
    }
    case 'DELETE':
      await notes.send(new DeleteCommand({ TableName: table, Key: key }));
      return { statusCode: 204, headers, body: '' };
    default: {
      const { Item: note } = await notes.send(new GetCommand({ TableName: table, Key: key }));
      return note === undefined ? answer(404, { message: 'There is no such note.' }) : answer(200, note);
    }
  }
}

function answer(statusCode, body) {
  return { statusCode, headers, body: JSON.stringify(body) };
}
