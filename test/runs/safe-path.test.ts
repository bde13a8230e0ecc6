import 'should';
import { distinctNames } from '../../src/runs/download/distinct-names';
import { partsBelow } from '../../src/runs/files/safe-path';
import type { WantedFile } from '../../src/runs/download/wanted-files';

describe('a name from the cluster', () => {
  it('is taken as it is where the disk can hold it', () => {
    partsBelow('./airFoil2D//0/U', false).should.eql(['airFoil2D', '0', 'U']);
    partsBelow('CON', false).should.eql(['CON']);
    partsBelow('C:x', false).should.eql(['C:x']);
    partsBelow('a\\..\\b', false).should.eql(['a\\..\\b']);
    partsBelow('log 12:30.', false).should.eql(['log 12:30.']);
    partsBelow('Ergebnis ü/ñ.vtk', true).should.eql(['Ergebnis ü', 'ñ.vtk']);
  });

  it('is refused on Windows when that would write something else', () => {
    const refused = [
      'CON',
      'a/nul.txt',
      'com1',
      'LPT9.log',
      'aux .x',
      'end.',
      'end ',
      'a:b',
      'a|b',
      'what?',
      'a\\b',
      'a\\..\\b',
      'C:x',
      '\\\\server\\x',
    ];
    for (const name of refused) {
      (() => partsBelow(name, true)).should.throw({ code: 'RESCALE_PATH' });
    }
    partsBelow('console.log', true).should.eql(['console.log']);
    partsBelow('.hidden', true).should.eql(['.hidden']);
  });
});

describe('names that differ only by case', () => {
  const file = (id: string, relativePath: string): WantedFile => ({
    id,
    relativePath,
    size: 0,
    checksum: null,
    jobId: 'calc',
    runId: '1',
  });
  const names = (files: WantedFile[], caseBlind: boolean) =>
    [...distinctNames(new Map(files.entries()), caseBlind, () => undefined).values()].map((parts) =>
      parts.slice(2).join('/'),
    );
  const mesh = [file('aaa', 'mesh.vtk'), file('bbb', 'Mesh.vtk'), file('ccc', 'k/U'), file('ddd', 'K/u')];

  it('are told apart by the file’s id on a disk that is blind to case', () => {
    names(mesh, true).should.eql(['mesh~aaa.vtk', 'Mesh.vtk', 'k/U~ccc', 'K/u']);
    names([...mesh].reverse(), true).should.eql(['K/u', 'k/U~ccc', 'Mesh.vtk', 'mesh~aaa.vtk']);
  });

  it('are kept where the disk tells them apart', () => {
    names(mesh, false).should.eql(['mesh.vtk', 'Mesh.vtk', 'k/U', 'K/u']);
  });
});
