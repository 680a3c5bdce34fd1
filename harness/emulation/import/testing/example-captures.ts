/** Captures made by hand, in every form that is imported. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../base/places.ts';
import { encodeIpp } from '../../../wire/ipp/encode-ipp.ts';
import { attributesFromJson, type IppJsonAttributes } from '../../../wire/ipp/ipp-json.ts';
import type { EmulatedModel } from '../../usb-device.ts';
import { buildDescriptors } from '../../descriptors.ts';
import { reportDescriptorsOf } from '../../hid-touch/behaviour.ts';

export function modelFile(path: string): EmulatedModel {
  return JSON.parse(readFileSync(join(projectRoot, 'fixtures/devices', path), 'utf8')) as EmulatedModel;
}

export const panel = modelFile('panels/irtouch-6615-0070.json');
export const panelReport: Uint8Array = reportDescriptorsOf(panel).get(0) ?? new Uint8Array();

export const spaced = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** `lsusb -v` of a printer with two settings, and a hub before it. */
export const lsusbPrinter = `Couldn't open device, some information will be missing
Bus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub
Device Descriptor:
  bLength                18
  bDescriptorType         1
  bcdUSB               2.00
  bDeviceClass            9 Hub
  bDeviceSubClass         0
  bDeviceProtocol         1 Single TT
  bMaxPacketSize0        64
  idVendor           0x1d6b Linux Foundation
  idProduct          0x0002 2.0 root hub
  bcdDevice            6.01
  iManufacturer           3 Linux xhci-hcd
  iProduct                2 xHCI Host Controller
  iSerial                 1 0000:00:14.0
  bNumConfigurations      1
  Configuration Descriptor:
    bLength                 9
    bDescriptorType         2
    wTotalLength       0x0019
    bNumInterfaces          1
    bConfigurationValue     1
    iConfiguration          0
    bmAttributes         0xe0
    MaxPower                0mA
    Interface Descriptor:
      bLength                 9
      bDescriptorType         4
      bInterfaceNumber        0
      bAlternateSetting       0
      bNumEndpoints           1
      bInterfaceClass         9 Hub
      bInterfaceSubClass      0
      bInterfaceProtocol      0 Full speed (or root) hub
      iInterface              0
      Endpoint Descriptor:
        bLength                 7
        bDescriptorType         5
        bEndpointAddress     0x81  EP 1 IN
        bmAttributes            3
        wMaxPacketSize     0x0004  1x 4 bytes
        bInterval              12
can't get hub descriptor, LIBUSB_ERROR_PIPE (Pipe error)

Bus 001 Device 004: ID 04f9:0027 Brother Industries, Ltd HL-2030
Negotiated speed: High Speed (480Mbps)
Device Descriptor:
  bLength                18
  bDescriptorType         1
  bcdUSB               2.00
  bDeviceClass            0 [unknown]
  bDeviceSubClass         0
  bDeviceProtocol         0
  bMaxPacketSize0        64
  idVendor           0x04f9 Brother Industries, Ltd
  idProduct          0x0027 HL-2030
  bcdDevice            1.00
  iManufacturer           1 Brother
  iProduct                2 HL-2030 series
  iSerial                 3 L6J123456
  bNumConfigurations      1
  Configuration Descriptor:
    bLength                 9
    bDescriptorType         2
    wTotalLength       0x0037
    bNumInterfaces          1
    bConfigurationValue     1
    iConfiguration          0
    bmAttributes         0xc0
      Self Powered
    MaxPower                2mA
    Interface Descriptor:
      bLength                 9
      bDescriptorType         4
      bInterfaceNumber        0
      bAlternateSetting       0
      bNumEndpoints           2
      bInterfaceClass         7 Printer
      bInterfaceSubClass      1 Printer
      bInterfaceProtocol      2 Bidirectional
      iInterface              0
      Endpoint Descriptor:
        bLength                 7
        bDescriptorType         5
        bEndpointAddress     0x01  EP 1 OUT
        bmAttributes            2
        wMaxPacketSize     0x0200  1x 512 bytes
        bInterval               0
      Endpoint Descriptor:
        bLength                 7
        bDescriptorType         5
        bEndpointAddress     0x82  EP 2 IN
        bmAttributes            2
        wMaxPacketSize     0x0200  1x 512 bytes
        bInterval               0
    Interface Descriptor:
      bLength                 9
      bDescriptorType         4
      bInterfaceNumber        0
      bAlternateSetting       1
      bNumEndpoints           0
      bInterfaceClass         7 Printer
      bInterfaceSubClass      1 Printer
      bInterfaceProtocol      1 Unidirectional
      iInterface              0
      ** UNRECOGNIZED:  09 21 10 01 04 00 01 00 00
Device Status:     0x0001
  Self Powered
`;

/** `lsusb -v` of a HID device whose report descriptor lsusb could read. */
export function lsusbPanel(): string {
  const names: Readonly<Record<number, readonly [string, string]>> = {
    0x80: ['Main  ', 'Input'], 0x90: ['Main  ', 'Output'], 0xb0: ['Main  ', 'Feature'], 0xa0: ['Main  ', 'Collection'], 0xc0: ['Main  ', 'End Collection'],
    0x04: ['Global', 'Usage Page'], 0x14: ['Global', 'Logical Minimum'], 0x24: ['Global', 'Logical Maximum'], 0x34: ['Global', 'Physical Minimum'], 0x44: ['Global', 'Physical Maximum'], 0x54: ['Global', 'Unit Exponent'], 0x64: ['Global', 'Unit'],
    0x74: ['Global', 'Report Size'], 0x84: ['Global', 'Report ID'], 0x94: ['Global', 'Report Count'], 0x08: ['Local ', 'Usage'], 0x18: ['Local ', 'Usage Minimum'], 0x28: ['Local ', 'Usage Maximum'],
  }; // prettier-ignore
  const items: string[] = [];
  for (let at = 0; at < panelReport.length; ) {
    const prefix = panelReport[at] ?? 0;
    const size = [0, 1, 2, 4][prefix & 3] ?? 0;
    const data = [...panelReport.subarray(at + 1, at + 1 + size)].map((byte) => `0x${byte.toString(16).padStart(2, '0')} `).join('');
    const [type, name] = names[prefix & 0xfc] ?? ['', ''];
    items.push(`            Item(${type}): ${name}, data=${size === 0 ? 'none' : ` [ ${data}] 1`}`, '                            explained');
    at += 1 + size;
  }
  return `Bus 002 Device 009: ID 6615:0070 IRTOUCH
Device Descriptor:
  bLength                18
  bDescriptorType         1
  bcdUSB               1.10
  bDeviceClass            0
  bDeviceSubClass         0
  bDeviceProtocol         0
  bMaxPacketSize0         8
  idVendor           0x6615
  idProduct          0x0070
  bcdDevice            1.00
  iManufacturer           1 (error)
  iProduct                2 (error)
  iSerial                 0
  bNumConfigurations      1
  Configuration Descriptor:
    bLength                 9
    bDescriptorType         2
    wTotalLength       0x0022
    bNumInterfaces          1
    bConfigurationValue     1
    iConfiguration          0
    bmAttributes         0xa0
    MaxPower              500mA
    Interface Descriptor:
      bLength                 9
      bDescriptorType         4
      bInterfaceNumber        0
      bAlternateSetting       0
      bNumEndpoints           1
      bInterfaceClass         3 Human Interface Device
      bInterfaceSubClass      0 No Subclass
      bInterfaceProtocol      0 None
      iInterface              0
        HID Device Descriptor:
          bLength                 9
          bDescriptorType        33
          bcdHID               1.11
          bCountryCode            0 Not supported
          bNumDescriptors         1
          bDescriptorType        34 Report
          wDescriptorLength     ${panelReport.length}
          Report Descriptor: (length is ${panelReport.length})
${items.join('\n')}
      Endpoint Descriptor:
        bLength                 7
        bDescriptorType         5
        bEndpointAddress     0x81  EP 1 IN
        bmAttributes            3
        wMaxPacketSize     0x0040  1x 64 bytes
        bInterval               1
`;
}

export const hidRecording = `# hid-recorder
D: 0
R: ${panelReport.length} ${spaced(panelReport)}
N: IRTOUCH Touch Device
P: usb-0000:00:14.0-2/input0
I: 3 6615 0070
E: 000000.000000 14 30 03 00 00 10 00 20 00 00 00 00 00 00 01
E: 000000.016000 14 30 02 00 00 10 00 20 00 00 00 00 00 00 01
`;

const attributes: IppJsonAttributes = {
  'printer-make-and-model': { textWithoutLanguage: ['ACME Laser 900dn'] },
  'printer-device-id': { textWithoutLanguage: ['MFG:ACME;MDL:Laser 900dn;CMD:PWGRaster;SN:AB12CD3456;'] },
  'printer-dns-sd-name': { nameWithoutLanguage: ['ACME Laser 900dn (room 12)'] },
  'printer-location': { textWithoutLanguage: ['room 12'] },
  'printer-serial-number': { textWithoutLanguage: ['AB12CD3456'] },
  'printer-info': { textWithoutLanguage: ['AB12CD3456'] },
  'operations-supported': { enum: [2, 4, 11] },
  'document-format-supported': { mimeMediaType: ['image/pwg-raster'] },
  'printer-state': { enum: [3] },
};

/** An answer to Get-Printer-Attributes as bytes. */
export const ippAnswer: Uint8Array = encodeIpp({
  version: [2, 0],
  code: 0,
  requestId: 1,
  groups: [
    { tag: 'operation', attributes: attributesFromJson({ 'attributes-charset': { charset: ['utf-8'] }, 'attributes-natural-language': { naturalLanguage: ['en'] } }) },
    { tag: 'printer', attributes: attributesFromJson(attributes) },
  ],
});

export const httpAnswer: Uint8Array = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: ${ippAnswer.length}\r\n\r\n`), ippAnswer]);

export const ipptoolText = `"get-printer-attributes.test":
    Get-Printer-Attributes:
        attributes-charset (charset) = utf-8
        attributes-natural-language (naturalLanguage) = en
    Get printer attributes using Get-Printer-Attributes                  [PASS]
        RECEIVED: 900 bytes in response
        status-code = successful-ok (successful-ok)
        attributes-charset (charset) = utf-8
        attributes-natural-language (naturalLanguage) = en
        printer-make-and-model (textWithoutLanguage) = ACME Laser 900dn
        operations-supported (1setOf enum) = Print-Job,Validate-Job,Get-Printer-Attributes,0x4001
        finishings-supported (1setOf enum) = none,staple,no-such-thing
        copies-supported (rangeOfInteger) = 1-99
        printer-resolution-supported (1setOf resolution) = 300dpi,600x1200dpi
        color-supported (boolean) = false
        media-default (no-value) = no-value
        printer-firmware-version (1setOf octetString) = <0102>
        media-col-default (collection) = {media-size={x-dimension=21000 y-dimension=29700} media-type=stationery media-top-margin=423}
        media-size-supported (1setOf collection) = {x-dimension=21000 y-dimension=29700},{x-dimension=7600-21600 y-dimension=29700}
`;

export const capabilities = `<?xml version="1.0"?><scan:ScannerCapabilities xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"><pwg:Version>2.6</pwg:Version><pwg:MakeAndModel>ACME Laser 900dn</pwg:MakeAndModel><pwg:SerialNumber>AB12CD3456</pwg:SerialNumber><scan:UUID>11111111-2222-3333-4444-555555555555</scan:UUID><scan:Platen><scan:PlatenInputCaps><scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth><scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>3508</scan:MaxHeight><scan:SettingProfiles><scan:SettingProfile><scan:ColorModes><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes><scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat></scan:DocumentFormats><scan:SupportedResolutions><scan:DiscreteResolutions><scan:DiscreteResolution><scan:XResolution>300</scan:XResolution><scan:YResolution>300</scan:YResolution></scan:DiscreteResolution></scan:DiscreteResolutions></scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles></scan:PlatenInputCaps></scan:Platen></scan:ScannerCapabilities>`;

export const foomatic = '<printer id="printer/ACME-900"><make>ACME</make><model>900</model><autodetect><general><manufacturer>ACME</manufacturer><model>Laser 900</model><commandset>PCL;PJL</commandset></general></autodetect></printer>';

export const usbhidDump = `001:009:000:DESCRIPTOR         1353959232.123456\n ${spaced(panelReport)}\n\n001:009:000:STREAM             1353959233.000000\n 30 03 00 00 10 00 20 00 00 00 00 00 00 01\n`;

/** Descriptors as sysfs has them. */
export function descriptorFile(model: EmulatedModel): Uint8Array {
  const { device, configuration } = buildDescriptors(model.usb);
  return Buffer.concat([device, configuration]);
}
