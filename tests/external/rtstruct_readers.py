"""What the scripts that rebuild masks of an RTSTRUCT share: the CT's geometry, our own masks, and
those of foreign readers. Arrays are [column, row, slice], affines give LPS from such an index."""

import pathlib
import subprocess
import tempfile

import nibabel
import numpy
import pydicom
import rt_utils
from DicomRTTool.ReaderWriter import DicomReaderWriter


def ct_geometry(folder):
    """Slices sorted along the normal: (affine LPS from (i, j, k), shape (ni, nj, nk), z spacing)."""
    slices = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            try:
                header = pydicom.dcmread(path, stop_before_pixels=True)
            except pydicom.errors.InvalidDicomError:
                continue
            if header.get("Modality") == "CT" and "LOCALIZER" not in header.get("ImageType", []):
                slices.append(header)
    first = slices[0]
    row = numpy.array(first.ImageOrientationPatient[:3], float)
    column = numpy.array(first.ImageOrientationPatient[3:], float)
    normal = numpy.cross(row, column)
    slices.sort(key=lambda s: normal @ numpy.array(s.ImagePositionPatient, float))
    origin = numpy.array(slices[0].ImagePositionPatient, float)
    last = numpy.array(slices[-1].ImagePositionPatient, float)
    step = (last - origin) / (len(slices) - 1)
    affine = numpy.eye(4)
    affine[:3, 0] = row * float(first.PixelSpacing[1])
    affine[:3, 1] = column * float(first.PixelSpacing[0])
    affine[:3, 2] = step
    affine[:3, 3] = origin
    shape = (int(first.Columns), int(first.Rows), len(slices))
    return affine, shape, slices


def own_masks(result, affine, shape):
    """Our target masks on the whole CT grid, by ROI number."""
    image = nibabel.load(result / "targets.nii.gz")
    data = numpy.asarray(image.dataobj)
    lps = numpy.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    masks = {}
    for number in sorted(int(n) for n in numpy.unique(data) if n > 0):
        here = data == number
        if here.ndim == 4:
            here = here.any(axis=3)
        voxels = numpy.argwhere(here)
        world = lps @ numpy.c_[voxels, numpy.ones(len(voxels))].T
        index = numpy.linalg.solve(affine, world)[:3].T
        rounded = numpy.rint(index).astype(int)
        if abs(index - rounded).max() > 0.01:
            raise SystemExit("targets.nii.gz does not lie on the CT's voxels")
        mask = numpy.zeros(shape, bool)
        mask[tuple(rounded.T)] = True
        masks[number] = mask
    return masks


def plastimatch_masks(result, ct_folder):
    """Masks by plastimatch, by ROI name, on the CT grid."""
    masks = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["plastimatch", "convert", "--input", str(result / "rtstruct.dcm"),
             "--referenced-ct", str(ct_folder), "--output-prefix", folder,
             "--prefix-format", "nii.gz"],
            check=True, capture_output=True)
        for path in pathlib.Path(folder).glob("*.nii.gz"):
            image = nibabel.load(path)
            masks[path.name.removesuffix(".nii.gz")] = (
                numpy.asarray(image.dataobj) > 0, numpy.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine)
    return masks


def on_ct(mask, mask_affine, affine, shape):
    """A mask on the CT's voxels in another voxel order, brought into (i, j, k)."""
    voxels = numpy.argwhere(mask)
    full = numpy.zeros(shape, bool)
    if len(voxels):
        world = mask_affine @ numpy.c_[voxels, numpy.ones(len(voxels))].T
        index = numpy.rint(numpy.linalg.solve(affine, world)[:3].T).astype(int)
        full[tuple(index.T)] = True
    return full


def scikit_image_masks(rtstruct, affine, shape, slices):
    """Masks by pydicom and scikit-image, by ROI number: even-odd over the contours of a slice."""
    from skimage.draw import polygon2mask

    place = {s.SOPInstanceUID: k for k, s in enumerate(slices)}
    masks = {}
    for roi in rtstruct.ROIContourSequence:
        mask = numpy.zeros(shape, bool)
        for contour in roi.get("ContourSequence", []):
            points = numpy.array(contour.ContourData, float).reshape(-1, 3)
            index = numpy.linalg.solve(affine, numpy.c_[points, numpy.ones(len(points))].T)[:2].T
            k = place[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
            mask[:, :, k] ^= polygon2mask(shape[:2], index)
        masks[int(roi.ReferencedROINumber)] = mask
    return masks


def rt_utils_masks(result, ct_folder, normal, names=None):
    """Masks by rt-utils of these ROIs, or of all, by ROI name, in (i, j, k)."""
    structures = rt_utils.RTStructBuilder.create_from(str(ct_folder), str(result / "rtstruct.dcm"))
    # It sorts slices by itself; put its order to ours.
    order = numpy.argsort(
        [normal @ numpy.array(s.ImagePositionPatient, float) for s in structures.series_data])
    masks = {}
    for name in names or structures.get_roi_names():
        rows_columns_slices = structures.get_roi_mask_by_name(name)[:, :, order]
        masks[name] = numpy.swapaxes(rows_columns_slices, 0, 1)
    return masks


def dicomrttool_masks(result, ct_folder, names=None):
    """Masks by DicomRTTool of these ROIs, or of all, by ROI name, each with the affine of its
    voxels in LPS."""
    if names is None:
        structures = pydicom.dcmread(result / "rtstruct.dcm")
        names = [roi.ROIName for roi in structures.StructureSetROISequence]
    with tempfile.TemporaryDirectory() as folder:
        # It pairs images and structures that lie in one folder.
        for path in [*pathlib.Path(ct_folder).rglob("*.dcm"), result / "rtstruct.dcm"]:
            (pathlib.Path(folder) / path.name).symlink_to(path.resolve())
        reader = DicomReaderWriter(arg_max=False, verbose=False)
        reader.set_contour_names_and_associations(contour_names=names)
        reader.walk_through_folders(folder)
        reader.get_images_and_mask()
    image = reader.dicom_handle
    affine = numpy.eye(4)
    direction = numpy.array(image.GetDirection()).reshape(3, 3)
    affine[:3, :3] = direction @ numpy.diag(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    # Channel 0 is the background.
    masks = (numpy.transpose(reader.mask[..., n + 1], (2, 1, 0)) > 0 for n in range(len(names)))
    return {name: (mask, affine) for name, mask in zip(names, masks)}


def dice(a, b):
    total = a.sum() + b.sum()
    return float(2 * (a & b).sum() / total) if total else 1.0
