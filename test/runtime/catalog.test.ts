import 'should';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeAPI, NodeStatus } from 'node-red';
import { layOut } from '../../scripts/nodes/layout';
import { readSources } from '../../scripts/nodes/sources';
import { RescaleError } from '../../src/api/errors/errors';
import { partsBelow } from '../../src/runs/files/safe-path';
import { fileReferences } from '../../src/runs/download/wanted-files';
import { fieldLabel, toFlowError, translate } from '../../src/runtime/status/message-catalog';
import { sizeText } from '../../src/runtime/status/status-texts';
import { createStatusBoard } from '../../src/runtime/node/status-board';
import { temporaryFolder } from '../real/scripts';
import { id } from '../../src/runtime/fields/fields';

/** What the editor is told below a node that shows so many runs. */
function shownStatus(RED: NodeAPI, count: number): string | undefined {
  let text: string | undefined;
  const status = (shown: NodeStatus | string) => void (text = (shown as NodeStatus).text);
  createStatusBoard(RED, { status }, undefined).show('done', { key: 'runs', values: { count } });
  return text;
}

const { i18n } = module.require('@node-red/util') as {
  i18n: {
    init(settings: object): Promise<void>;
    registerMessageCatalog(namespace: string, folder: string, file: string): Promise<void>;
    _: NodeAPI['_'];
    i: {
      loadLanguages(language: string): Promise<void>;
      getFixedT(language: string): NodeAPI['_'];
    };
  };
};

const noRun = () => new RescaleError('RESCALE_NOT_FOUND', 'not-found-run', { jobId: 'j1', runId: '2' }, 404);

const types = ['rescale-platform', 'rescale-get-run', 'rescale-wait-run'];

describe('texts for users', () => {
  /** Node-RED with a catalog that has nothing, as the test helper is. */
  const bare = { _: (key: string) => key } as unknown as NodeAPI;
  let RED: NodeAPI;

  before(async () => {
    const folder = temporaryFolder('catalogs');
    for (const [path, text] of layOut(readSources())) {
      const [place, language, file = ''] = path.split('/');
      if (place !== 'locales' || !types.includes(file.replace('.json', ''))) continue;
      mkdirSync(join(folder, language!), { recursive: true });
      writeFileSync(join(folder, language!, file), text);
    }
    await i18n.init({});
    for (const type of types) {
      await i18n.registerMessageCatalog(`@rescale-flows/node-red-rescale/${type}`, folder, `${type}.json`);
    }
    RED = { _: i18n._ } as NodeAPI;
  });

  it('come from the catalog, with their values', () => {
    toFlowError(RED, noRun()).message.should.equal(
      'Job j1 has no run 2, or there is no such job for this key. The list jobs and list runs nodes show what there is.',
    );
    shownStatus(RED, 121)!.should.equal('121 runs');
    shownStatus(RED, 1)!.should.equal('1 run');
  });

  it('call a field what its dialog calls it', () => {
    const unset = new RescaleError('RESCALE_INPUT', 'input-unset', { field: 'jobId', property: 'msg.jobId' });
    toFlowError(RED, unset, 'rescale-get-run').message.should.match(
      /^“Job” comes from msg\.jobId, which is not set\./,
    );
    const low = new RescaleError('RESCALE_INPUT', 'input-least', { field: 'interval', least: 5, value: '1' });
    toFlowError(RED, low, 'rescale-wait-run').message.should.equal(
      '“Check every” must be at least 5, but is 1.',
    );
    fieldLabel(RED, 'rescale-wait-run', 'scope')!.should.equal('Wait for');
    (fieldLabel(RED, 'rescale-wait-run', 'msg.jobId') === null).should.equal(true);
    (fieldLabel(RED, 'rescale-wait-run', 'unheardOf') === null).should.equal(true);
    (fieldLabel(bare, 'rescale-wait-run', 'scope') === null).should.equal(true);
  });

  it('are English where the catalog has none', () => {
    toFlowError(bare, noRun()).message.should.equal(
      'Job j1 has no run 2, or there is no such job for this key. The list jobs and list runs nodes show what there is.',
    );
    shownStatus(bare, 121)!.should.equal('121 runs');
    shownStatus(bare, 1)!.should.equal('1 run');
    const nothing = { _: () => '' } as unknown as NodeAPI;
    toFlowError(nothing, noRun()).message.should.equal(
      'Job j1 has no run 2, or there is no such job for this key. The list jobs and list runs nodes show what there is.',
    );
  });

  it('are the server’s language where it has it', () => {
    const german = {
      _: (key: string, values: Record<string, string>) =>
        key.endsWith('errors.not-found-run') ? `Job ${values.jobId} hat keinen Lauf ${values.runId}.` : key,
    } as unknown as NodeAPI;
    const error = toFlowError(german, noRun());
    error.message.should.equal('Job j1 hat keinen Lauf 2.');
    String(error).should.equal(error.message);
    error.should.have.properties({ code: 'RESCALE_NOT_FOUND', statusCode: 404 });
  });

  describe('on a German server', () => {
    let german: NodeAPI;

    before(async () => {
      await i18n.i.loadLanguages('de');
      german = { _: i18n.i.getFixedT('de') } as NodeAPI;
    });

    it('writes the decimals of figures as Germans do, in errors and in a status', () => {
      const late = new RescaleError('RESCALE_TIMEOUT', 'timeout', {
        platform: 'eu.rescale.com',
        seconds: 0.3,
      });
      toFlowError(german, late).message.should.match(/ 0,3 s/);
      translate(german, sizeText(3_249_000)).should.equal('3,2 MB');
      translate(bare, sizeText(3_249_000)).should.equal('3.2 MB');
      translate(german, sizeText(14_200)).should.equal('14 kB');
    });

    /** What a user reads when `act` fails. */
    function saidBy(act: () => unknown): string {
      try {
        act();
      } catch (error) {
        return toFlowError(german, error).message;
      }
      throw new Error('nothing was refused');
    }

    it('are German in all their parts', () => {
      saidBy(() => partsBelow('out/CON', true)).should.equal(
        'out/CON ist hier als Dateiname nicht verwendbar: CON ist unter Windows ein Gerätename. Stattdessen in eine Nachricht holen.',
      );
      saidBy(() => fileReferences(7)).should.equal(
        'Ungültiger Wert für files: erwartet eine Datei, eine Datei-ID oder ein Array daraus, erhalten 7.',
      );
      saidBy(() => fileReferences(Array(2))).should.match(/^Ungültiger Wert für files/);
      saidBy(() => id(['a'], 'msg.jobId')).should.equal(
        'msg.jobId ist als ID nicht verwendbar: ein Array. Eine ID ist ein Text oder eine Zahl ohne Schrägstrich.',
      );
    });

    it('are German however deep a part stands', () => {
      const values = { path: 'a', reason: { key: 'reason-name-empty' as const } };
      const first = { key: 'path-name' as const, values };
      const error = new RescaleError('RESCALE_PATH', 'download-failed', { failed: 1, total: 2, first });
      toFlowError(german, error).message.should.equal(
        'Dateien, die nicht heruntergeladen wurden: 1 von 2. Erster Fehler: ' +
          'a ist hier als Dateiname nicht verwendbar: Der Name ist leer. Stattdessen in eine Nachricht holen.',
      );
      toFlowError(bare, error).message.should.equal(
        'Files that could not be downloaded: 1 of 2; the first: a can’t be used as a file name here: it is empty. Fetch it into a message instead.',
      );
    });

    it('are German in warnings, too', () => {
      const key = 'wait-in-memory' as const;
      const values = { why: { key: 'message-size' as const } };
      translate(german, { key, values }).should.match(/^Eine Nachricht von mehr als 1 MiB .*Neustart/);
      translate(bare, { key, values }).should.equal(
        'A message of more than 1 MiB is not stored. It waits in memory and ends with the next restart or deploy.',
      );
    });

    it('keep the platform’s own words', () => {
      const words = 'jobanalyses: This field is required.';
      const values = { platform: 'https://eu.rescale.com', status: 400, words };
      const error = new RescaleError('RESCALE_REJECTED', 'rejected', values, 400);
      toFlowError(german, error).message.should.equal(
        `Die Plattform hat die Anfrage an eu.rescale.com abgelehnt (HTTP 400): ${words}`,
      );
    });
  });

  it('hold values as they are, not as markup or as places of their own', () => {
    const odd = new RescaleError('RESCALE_INPUT', 'input-id', {
      field: 'msg.jobId',
      value: '<b>__field__</b> $t(x)',
    });
    toFlowError(RED, odd).message.should.containEql('<b>__field__</b> $t(x)');
    toFlowError(bare, odd).message.should.containEql('<b>__field__</b> $t(x)');
  });

  for (const thrown of [
    Object.create(null),
    Symbol('odd'),
    null,
    0,
    {
      toString: () => {
        throw new Error('no');
      },
    },
  ] as unknown[]) {
    it(`are made even of ${typeof thrown}`, () => {
      toFlowError(bare, thrown).should.have.properties({ code: 'RESCALE_PROTOCOL', key: 'unexpected' });
    });
  }
});
