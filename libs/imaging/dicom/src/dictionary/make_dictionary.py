"""Writes standard.data.ts: tag, VR and keyword of every data element of PS3.6 that pydicom lists.

Repeating groups (50xx, 60xx) are written with their x. Run: python3 make_dictionary.py > standard.data.ts
"""
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

rows = [(f"{tag:08x}", vr, keyword) for tag, (vr, _, _, _, keyword) in DicomDictionary.items() if keyword]
rows += [(tag.lower(), vr, keyword) for tag, (vr, _, _, _, keyword) in RepeatersDictionary.items() if keyword]
rows.sort()
print("/** Made by make_dictionary.py: the data elements of PS3.6, one `tag VR keyword` a line; `US or SS` reads `US/SS`. */")
print("export const standardElements = `")
for tag, vr, keyword in rows:
    print(tag, vr.replace(" or ", "/"), keyword)
print("`;")
