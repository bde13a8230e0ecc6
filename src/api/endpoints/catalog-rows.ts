import * as v from 'valibot';
import type { Analysis, ComputePrice, CoreType, Project } from '../client/types';
import { isRecord, listOf, readClean, readRecord, wholeList, type List, type Reader, type Row } from './rows';

/*
 * Rows of the catalog. All of them are compared with what somebody chose by name, so a name that is no text would fail every choice,
 * of other rows too: what is not of its kind is left out of its row, and its row stays.
 */

export const readCoreType: Reader<CoreType> = (value) => {
  const row = coded(value);
  if (!row) return null;
  keepOnly(row, ['name'], isText);
  keepList(row, 'cores', (cores) => typeof cores === 'number');
  return row as unknown as CoreType;
};

export const readAnalysis: Reader<Analysis> = (value) => {
  const row = coded(value);
  if (!row) return null;
  keepOnly(row, ['name', 'vendorName'], isText);
  keepList(row, 'versions', isRecord);
  for (const version of (row['versions'] ?? []) as Row[]) {
    keepOnly(version, ['version', 'versionCode'], isText);
    keepList(version, 'allowedCoreTypes', isText);
  }
  return row as unknown as Analysis;
};

export const readProject: Reader<Project> = (value) => {
  const row = readClean<Project>(value) as unknown as Row | null;
  if (row) keepOnly(row, ['name'], isText);
  return row as unknown as Project | null;
};

const price = v.object({ coreType: v.string() });
const readPrice: Reader<ComputePrice> = (row) => (v.is(price, row) ? row : null);

/** A bare array, without an envelope. */
export const readPrices: Reader<List<ComputePrice>> = (value) =>
  Array.isArray(value) ? wholeList(listOf(value, readPrice)) : null;

/** A row that is known by its code. */
function coded(value: unknown): Row | null {
  const row = readRecord(value);
  return row && isText(row['code']) && row['code'] !== '' ? row : null;
}

function keepOnly(row: Row, names: string[], isRight: (value: unknown) => boolean): void {
  for (const name of names) if (!isRight(row[name])) delete row[name];
}

/** What is no list is left out, and of a list what is not of its kind. */
function keepList(row: Row, name: string, isRight: (value: unknown) => boolean): void {
  const list = row[name];
  if (Array.isArray(list)) row[name] = list.filter(isRight);
  else delete row[name];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
