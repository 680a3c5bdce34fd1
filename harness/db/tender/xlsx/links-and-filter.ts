import type { Blob } from 'node:buffer';
import type Stream from 'node:stream';
import type { Feature } from 'write-excel-file/node';

/** What a part of a workbook may be given to the library as. */
export type FileContent = Stream | Buffer | Blob;

/** A cell that opens a page; row and column from 0. */
export interface CellLink {
  readonly row: number;
  readonly column: number;
  /** An http or https address. */
  readonly target: string;
}

/** The sheet with the table, its extent, and its links. */
export interface TableOnSheet {
  /** From 0. */
  readonly sheet: number;
  readonly columns: number;
  readonly rows: number;
  readonly links: readonly CellLink[];
}

const relationType = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink';

/**
 * Adds what the library leaves to others: a filter over one table and links in it, and that every sheet is printed as wide as the
 * paper (ECMA-376 part 1, 18.3.1.2, 18.3.1.47, 18.3.1.65).
 */
export function linksAndFilter({ sheet, columns, rows, links }: TableOnSheet): Feature<FileContent> {
  const address = (row: number, column: number): string => `${String.fromCharCode(65 + column)}${row + 1}`;
  const filter = `<autoFilter ref="A1:${address(rows - 1, columns - 1)}"/>`;
  const references = links.map(({ row, column }, index) => `<hyperlink ref="${address(row, column)}" r:id="rId-link-${index + 1}"/>`).join('');
  const relations = links.map(({ target }, index) => `<Relationship Id="rId-link-${index + 1}" Type="${relationType}" Target="${escaped(target)}" TargetMode="External"/>`).join('');
  const extras = `${filter}${references === '' ? '' : `<hyperlinks>${references}</hyperlinks>`}`;
  return {
    files: {
      transform: {
        'xl/worksheets/sheet{id}.xml': {
          transform: (xml, _options, { sheetIndex }) =>
            (sheetIndex === sheet ? xml.replace('</sheetData>', () => `</sheetData>${extras}`) : xml)
              .replace('<sheetViews>', '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>')
              .replace('<pageSetup ', '<pageSetup fitToHeight="0" '),
        },
        'xl/worksheets/_rels/sheet{id}.xml.rels': { insert: (_options, { sheetIndex }) => (sheetIndex === sheet ? relations : '') },
      },
    },
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
