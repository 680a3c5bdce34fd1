import { expect } from 'chai';
import { parseStatus } from '../../images/packages/installed-packages.ts';
import { betweenKernels, kernelSubjects, type InstallableKernel } from './kernel-bench.ts';

const kernel = (image: string, version: string): InstallableKernel => {
  const [it] = parseStatus(`Package: linux-image-${version.replace('~', '-')}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: amd64`).values();
  if (!it) throw new Error('no package');
  return { image, package: it };
};
const versions = (kernels: readonly InstallableKernel[]): string[] => kernels.map(({ package: it }) => it.version);

describe('kernels between two images', () => {
  const all = [kernel('os-12', '6.1'), kernel('os-13', '6.12'), kernel('bpo', '6.5'), kernel('other', '6.5'), kernel('rc', '6.9~rc1'), kernel('new', '7.0'), kernel('old', '5.10')];
  const find = (image: string): InstallableKernel | undefined => all.find((each) => each.image === image);

  it('are those of other stored images by their version, each once, in the direction from good to bad', () => {
    expect(versions(betweenKernels(find('os-12'), find('os-13'), all))).to.deep.equal(['6.1', '6.5', '6.9~rc1', '6.12']);
    expect(versions(betweenKernels(find('os-13'), find('os-12'), all))).to.deep.equal(['6.12', '6.9~rc1', '6.5', '6.1']);
    const [it] = parseStatus('Package: linux-image-6.7\nStatus: install ok installed\nVersion: 6.7\nArchitecture: arm64').values();
    expect(versions(betweenKernels(find('os-12'), find('os-13'), it ? [{ image: 'arm', package: it }] : expect.fail())), 'of this processor').to.deep.equal(['6.1', '6.12']);
    expect(betweenKernels(find('bpo'), find('other'), all)).to.deep.equal([]);
    expect(betweenKernels(undefined, find('os-13'), all)).to.deep.equal([]);
  });

  it('are images that are made when they are first tested, the good one as it is', () => {
    const good = { image: 'os-12', key: '0'.repeat(16), label: 'os-12' };
    const subjects = kernelSubjects(good, betweenKernels(find('os-12'), find('os-13'), all), { folder: '/nowhere', derive: async () => Promise.reject(new Error('not yet')), deadline: undefined as never, progress: () => undefined });
    expect(subjects[0]).to.include({ image: 'os-12', key: good.key });
    expect(subjects[0]?.make).to.equal(undefined);
    expect(new Set(subjects.map(({ key }) => key)).size).to.equal(4);
    expect(subjects.map((each) => each.kernel)).to.deep.equal([undefined, '6.5', '6.9-rc1', '6.12']);
    for (const { image, key, make } of subjects.slice(1)) {
      expect(image).to.match(/^os-12-kernel-[0-9a-f]{10}$/);
      expect(key).to.match(/^[0-9a-f]{16}$/);
      expect(make).to.be.a('function');
    }
  });
});
