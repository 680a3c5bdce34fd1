import type { ImageRecord } from '../db/generated/image.ts';

/** A file of a stored image, by what it is for. */
export type ImageFileRole = 'disk' | 'kernel' | 'initrd';

export interface StoredFile {
  /** Name inside the image's folder. */
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** manifest.json beside the files of a stored image. Mode 0600, since it may hold a login's password. */
export interface ImageManifest {
  readonly schema: 'hwlab/image-manifest/1';
  readonly record: ImageRecord;
  readonly files: { readonly disk: StoredFile; readonly kernel?: StoredFile; readonly initrd?: StoredFile };
  /** Kernel release of the built system. */
  readonly kernel?: string;
  /** Versions by package name, for images that were built here. */
  readonly packages: Readonly<Record<string, string>>;
  /** sha256 of the recipe and the versions of all packages: equal inputs are the same image. */
  readonly inputs?: string;
  /** sha256 of the recipe alone. */
  readonly recipe?: string;
  readonly builtAt: string;
  readonly builtWith?: string;
}

/** An image in the cache whose files were checked against their hashes. */
export interface StoredImage {
  readonly id: string;
  readonly record: ImageRecord;
  readonly manifest: ImageManifest;
  readonly folder: string;
  /** Absolute path; never written to: machines put an overlay on it. */
  readonly disk: string;
  readonly kernel?: string;
  readonly initrd?: string;
  /** sha256 of the disk: the name of this image in results. */
  readonly sha256: string;
}
