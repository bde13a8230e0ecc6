/**
 * The samples of the API page (docs/platform.md), as its two sample jobs serve them. Each value is the
 * page's own; what the page leaves out is in sample-jobs.ts.
 */

/** The ten files that the page prints of `XXXXX` run 1, in its order. */
export const sampleFiles: SampleFile[] = [
  {
    relativePath: 'airFoil2D/0/nut',
    id: 'dmpTse',
    bytes: 1278,
    md5: 'c2e31d85a3af9272841a8b00f3c07498',
    dateUploaded: '2014-11-12T22:56:50.641761Z',
    encodedEncryptionKey: '5BBRrtu98/BwNNTkPnJtgaHS2VZ0IzUwgQ+fFqc5rhk=',
  },
  {
    relativePath: 'airFoil2D/0/nuTilda',
    id: 'fDhFDe',
    bytes: 1268,
    md5: '24af84107af3a306e117b866b27b9c55',
    dateUploaded: '2014-11-12T22:56:50.550979Z',
    encodedEncryptionKey: 'dQ3xMn6zAZkUx84ClH3ATmKumeaNJfWGna2k/89/V/s=',
  },
  {
    relativePath: 'airFoil2D/0/p',
    id: 'sOhFDe',
    bytes: 1166,
    md5: 'dfff0408d9e75c8f81dadeec9b248a46',
    dateUploaded: '2014-11-12T22:56:50.714078Z',
    encodedEncryptionKey: 'ZHE2IT4ADwAJjfJYnYL4oBwp7YJ9cQr02nS3djnCHGA=',
  },
  {
    relativePath: 'airFoil2D/0/U',
    id: 'RapTse',
    bytes: 1298,
    md5: '66aa52fa89123a8f6c3751d935b919d5',
    dateUploaded: '2014-11-12T22:56:50.465184Z',
    encodedEncryptionKey: 'NxEzQf+pChx9716FY4cdSb+UIw9ow64BimupkxaExYA=',
  },
  {
    relativePath: 'airFoil2D/100/nut',
    id: 'fmpTse',
    bytes: 100195,
    md5: '84597f0bc96aaefd338109e6ddbe3493',
    dateUploaded: '2014-11-12T22:56:50.931594Z',
    encodedEncryptionKey: 'M+X0Sxys9icqpXmdUreDnqg2TmLVL7B7vs68JiJDEU4=',
  },
  {
    relativePath: 'airFoil2D/100/nuTilda',
    id: 'hDhFDe',
    bytes: 99221,
    md5: '489cb134eb1c14f6f5df760d9a421825',
    dateUploaded: '2014-11-12T22:56:50.862457Z',
    encodedEncryptionKey: 'yg6l0x1NkYkXOPT3TRoxTnXVC3x9C/SaB+tLSX+6M+U=',
  },
  {
    relativePath: 'airFoil2D/100/p',
    id: 'uOhFDe',
    bytes: 86615,
    md5: 'fb5df9fdf2fd6de74a0f38998831b252',
    dateUploaded: '2014-11-12T22:56:51.005975Z',
    encodedEncryptionKey: 'cwQWYQLRl7+IIU462hGELzwz9iVxpf/CfgYUEQVndB4=',
  },
  {
    relativePath: 'airFoil2D/100/phi',
    id: 'wMyXse',
    bytes: 190707,
    md5: '2fb30c6d0e3ea1125a361ce069c46a80',
    dateUploaded: '2014-11-12T22:56:51.079312Z',
    encodedEncryptionKey: '5fWxJl5KR7G3oVUYJjjYMzbSveYLAYF6AW8xFDahZtk=',
  },
  {
    relativePath: 'airFoil2D/100/U',
    id: 'TapTse',
    bytes: 298228,
    md5: '0cc541d092ceda7e299ecb736c7905ee',
    dateUploaded: '2014-11-12T22:56:50.787838Z',
    encodedEncryptionKey: 'gHfNzchETji3v69TfeeyhBe0+owGJhNcX7PAzgmJha8=',
  },
  {
    relativePath: 'airFoil2D/100/uniform/time',
    id: 'LosKDe',
    bytes: 968,
    md5: '62ac76eb8aae234370613d7350ac8685',
    dateUploaded: '2014-11-12T22:56:51.222466Z',
    encodedEncryptionKey: 'F3HkdyuOCnxO6NwIJbv6Zg+xzKTFZKxrc6NvuneB2QE=',
  },
];

interface SampleFile {
  relativePath: string;
  id: string;
  bytes: number;
  md5: string;
  dateUploaded: string;
  encodedEncryptionKey: string;
}

/** The working directory of `XXXXX` run 1. */
export const sampleDirectory = ['airFoil2D/0/U', 'airFoil2D/0/nuTilda', 'airFoil2D/0/nut'];

/** `lastSnapshotID` of the page's snapshot. */
export const sampleSnapshotId = 'gQLna';

/** Where `fileType` shows the files, and what it calls them. */
export const sampleHome = '/home/job_fNjea';
export const sampleTextType = 'ASCII English text';

/** `airFoil2D/0/U`; with a line end after the last line it has the bytes and the md5 that the page prints. */
export const sampleLines = [
  '/*--------------------------------*- C++ -*----------------------------------*\\',
  '| =========                 |                                                 |',
  '| \\\\      /  F ield         | OpenFOAM: The Open Source CFD Toolbox           |',
  '|  \\\\    /   O peration     | Version:  2.0.1                                 |',
  '|   \\\\  /    A nd           | Web:      www.OpenFOAM.com                      |',
  '|    \\\\/     M anipulation  |                                                 |',
  '\\*---------------------------------------------------------------------------*/',
  'FoamFile',
  '{',
  '    version     2.0;',
  '    format      ascii;',
  '    class       volVectorField;',
  '    object      U;',
  '}',
  '// * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * //',
  '',
  'dimensions      [0 1 -1 0 0 0 0];',
  '',
  'internalField   uniform (25.75 3.62 0);',
  '',
  'boundaryField',
  '{',
  '    inlet',
  '    {',
  '        type            freestream;',
  '        freestreamValue uniform (25.75 3.62 0);',
  '    }',
  '',
  '    outlet',
  '    {',
  '        type            freestream;',
  '        freestreamValue uniform (25.75 3.62 0);',
  '    }',
  '',
  '    wall',
  '    {',
  '        type            fixedValue;',
  '        value           uniform (0 0 0);',
  '    }',
  '',
  '    frontAndBack',
  '    {',
  '        type            empty;',
  '    }',
  '}',
  '',
  '// ************************************************************************* //',
];
