/** ImageNet weights as their authors publish them. */
export interface PublishedWeights {
  /** Name of the file. */
  readonly file: string;
  /** Address of the file, unless only a package holds it. */
  readonly url?: string;
  /** Python package that holds the file, where there is no address of the file itself. */
  readonly pythonPackage?: string;
  /** First hexadecimal digits of the SHA-256 of the file. */
  readonly sha256Prefix: string;
  /** Licence of the publishing project. ImageNet itself is for non-commercial research. */
  readonly licence: 'BSD-3-Clause' | 'Apache-2.0';
  /** Where the project and its terms are described. */
  readonly source: string;
  /** Name of the classifier in the file; it is left out where the number of classes differs. */
  readonly classifier: string;
}

/** What a user of a backbone has to know about it. */
export interface BackboneDescription {
  readonly id: BackboneId;
  /** Height and width of the images that the published weights were trained on; any size works. */
  readonly inputSize: readonly [height: number, width: number];
  readonly inputSpace: 'RGB';
  /** Range of the channels before `mean` and `std` are applied. */
  readonly inputRange: readonly [low: number, high: number];
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Length of the vector before the classifier. */
  readonly features: number;
  /** Module path of the convolution that sees the image, in a network with the plain head. */
  readonly firstConvolution: string;
  /** Module path of the last linear layer, in a network with the plain head. */
  readonly classifier: string;
  /** Dropout before the classifier with which the network was published. */
  readonly dropout: number;
  /** Rate of drop-connect at the last block with which the network was published. */
  readonly dropConnect: number;
  readonly weights: PublishedWeights;
}

export const backboneIds = [
  'se_resnext50_32x4d',
  'se_resnext101_32x4d',
  'senet154',
  'inceptionv4',
  'inceptionresnetv2',
  'xception',
  'efficientnet-b0',
  'efficientnet-b1',
  'efficientnet-b2',
  'efficientnet-b3',
  'efficientnet-b4',
  'efficientnet-b5',
  'efficientnet-lite0-half',
  'efficientnet-lite0',
  'densenet121-half',
  'densenet121',
  'densenet169',
  'densenet201',
] as const;

export type BackboneId = (typeof backboneIds)[number];
