import { expect } from 'chai';
import { parseDrv } from './drv-files.ts';
import { parseDriverList, parsePpd } from './ppd-files.ts';
import { parseGutenprint } from './printer-claims.ts';

const names = (printers: ReturnType<typeof parseDrv>): readonly string[] => printers.map(({ maker, model, filters }) => `${maker} | ${model} | ${filters.join('+')}`);

describe('files of printer drivers', () => {
  it('PPD: the device id and every product name', () => {
    const ppd = '*PPD-Adobe: "4.3"\n*Manufacturer: "HP"\n*ModelName: "HP LaserJet 1020"\n*NickName: "HP LaserJet 1020 Foomatic/foo2zjs"\n*Product: "(LaserJet 1020)"\n*Product: "(LaserJet 1022)"\n*1284DeviceID: "MFG:Hewlett-Packard;MDL:HP LaserJet 1020;CMD:ACL;"\n*cupsFilter: "application/vnd.cups-postscript 100 foomatic-rip"\n*cupsFilter2: "application/vnd.cups-raster image/pwg-raster 0 -"\n';
    expect(names(parsePpd(ppd))).to.deep.equal(['Hewlett-Packard | HP LaserJet 1020 | foomatic-rip', 'HP | HP LaserJet 1020 | foomatic-rip', 'HP | LaserJet 1020 | foomatic-rip', 'HP | LaserJet 1022 | foomatic-rip']);
    expect(parsePpd(ppd)[0]).to.include({ nickName: 'HP LaserJet 1020 Foomatic/foo2zjs' });
    expect(parsePpd(ppd)[0]?.languages).to.deep.equal(['ACL']);
    expect(parsePpd('#!/bin/sh')).to.deep.equal([]);
    expect(parsePpd('*PPD-Adobe: "4.3"\n*ModelName: "')).to.deep.equal([]);
  });

  it('driver information: blocks inherit what stands before them', () => {
    const drv = '// comment "not a string\n#include <font.defs>\n/* { */ Manufacturer "Brother"\nFilter application/vnd.cups-raster 33 rastertobrlaser\n{\n  ModelName "HL-2140"\n  Attribute "1284DeviceID" "" "MFG:Brother;MDL:HL-2140 series;CMD:PJL;"\n}\n{ Manufacturer "Epson" DriverType epson { ModelName "24-Pin" } { ModelName "9-Pin" Attribute "Product" "" "(LX-350)" } }\n';
    expect(names(parseDrv(drv))).to.deep.equal(['Brother | HL-2140 series | rastertobrlaser', 'Brother | HL-2140 | rastertobrlaser', 'Epson | 24-Pin | rastertobrlaser+rastertoepson', 'Epson | 9-Pin | rastertobrlaser+rastertoepson', 'Epson | LX-350 | rastertobrlaser+rastertoepson']);
    expect(names(parseDrv('Filter "image/pwg-raster 0 -" Filter "application/vnd.cups-raster 0 hpcups" Manufacturer "A" ModelName "B"'))).to.deep.equal(['A | B | -+hpcups']);
    expect(names(parseDrv('Manufacturer "A" ModelName "B"'))).to.deep.equal(['A | B | ']);
  });

  it('driver information that is never closed takes time by its length only', () => {
    for (const text of ['{'.repeat(50_000), '}'.repeat(50_000), '/*'.repeat(50_000), '"\\"'.repeat(50_000), '<'.repeat(50_000), '\n'.repeat(50_000), '#\n'.repeat(50_000), 'Manufacturer', 'Attribute "1284DeviceID"']) expect(parseDrv(text), text.slice(0, 8)).to.deep.equal([]);
  });

  it('lists of archives and of Gutenprint', () => {
    expect(names(parseDriverList(['"0/a.ppd" en "HP" "HP LaserJet 1020 Foomatic/foo2zjs" "MFG:HP;MDL:LaserJet 1020;"', '"0/b.ppd" en "Alps" "Alps MD-1000 Foomatic/md2k"', 'nonsense', '']))).to.deep.equal(['HP | LaserJet 1020 | ', 'Alps | Alps MD-1000 | ']);
    expect(names(parseGutenprint('<printers>\n<printer translate="name" name="Canon BJC-30" driver="bjc-30" manufacturer="Canon" model="3"/>\n<printer name="x"/>'))).to.deep.equal(['Canon | Canon BJC-30 | ']);
  });
});
