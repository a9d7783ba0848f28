"""Aligns two CTs rigidly with SimpleITK, to hold our alignment against.

Usage: register_cts.py FIXED.nii.gz REGION.nii.gz MOVING.nii.gz
       register_cts.py move CT.nii.gz OUT.nii.gz MATRIX.json
Prints {"matrix": 4x4} that maps LPS positions of the fixed image to the moving one. With `move` it
resamples a CT so that a patient who is moved by the matrix (LPS) is imaged, on a grid of 2.5 mm.
"""

import json
import sys

import numpy
import SimpleITK as sitk


def matrix_of(transform):
    """4x4 of an Euler transform with its centre."""
    turn = numpy.array(transform.GetMatrix()).reshape(3, 3)
    center = numpy.array(transform.GetCenter())
    shift = numpy.array(transform.GetTranslation())
    matrix = numpy.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = shift + center - turn @ center
    return matrix.tolist()


def register(fixed_path, region_path, moving_path):
    fixed = sitk.Clamp(sitk.ReadImage(fixed_path, sitk.sitkFloat32), sitk.sitkFloat32, -200, 1000)
    moving = sitk.Clamp(sitk.ReadImage(moving_path, sitk.sitkFloat32), sitk.sitkFloat32, -200, 1000)
    region = sitk.Cast(sitk.ReadImage(region_path) > 0, sitk.sitkUInt8)
    region = sitk.Resample(region, fixed, sitk.Transform(), sitk.sitkNearestNeighbor)
    bone = [sitk.Cast(sitk.SmoothingRecursiveGaussian(i, 3.0) > 250, sitk.sitkFloat32)
            for i in (fixed, moving)]
    start = sitk.Euler3DTransform(sitk.CenteredTransformInitializer(
        bone[0], bone[1], sitk.Euler3DTransform(), sitk.CenteredTransformInitializerFilter.MOMENTS))
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(64)
    method.SetMetricFixedMask(region)
    method.SetMetricSamplingStrategy(method.NONE)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(2.0, 1e-4, 500, 0.8, 1e-8)
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([4.0, 2.0, 0.0])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetInitialTransform(start, inPlace=True)
    method.Execute(fixed, moving)
    print(json.dumps({"matrix": matrix_of(start), "metric": method.GetMetricValue()}))


def move(ct_path, out, matrix_path):
    with open(matrix_path, encoding="utf-8") as file:
        matrix = numpy.array(json.load(file))
    ct = sitk.ReadImage(ct_path, sitk.sitkFloat32)
    size = numpy.array(ct.GetSize())
    corners = [ct.TransformContinuousIndexToPhysicalPoint([float(v) for v in (size - 1) * bits])
               for bits in numpy.ndindex(2, 2, 2)]
    moved = numpy.array([matrix @ numpy.array([*corner, 1.0]) for corner in corners])[:, :3]
    low, high = moved.min(axis=0), moved.max(axis=0)
    # What is now at p was at the inverse of p: that is what a resampler asks for.
    back = numpy.linalg.inv(matrix)
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(back[:3, :3].ravel().tolist())
    transform.SetTranslation(back[:3, 3].tolist())
    shape = [int(v) for v in numpy.ceil((high - low) / 2.5)]
    moved = sitk.Resample(ct, shape, transform, sitk.sitkBSpline, low.tolist(), [2.5] * 3,
                          [1, 0, 0, 0, 1, 0, 0, 0, 1], -1000.0, sitk.sitkFloat32)
    noise = numpy.random.default_rng(3).normal(0.0, 15.0, shape[::-1])
    values = numpy.clip(sitk.GetArrayFromImage(moved) + noise, -1024, 3071).astype(numpy.float32)
    result = sitk.GetImageFromArray(values)
    result.CopyInformation(moved)
    sitk.WriteImage(result, out)
    print(json.dumps({"written": out}))


if __name__ == "__main__":
    if sys.argv[1] == "move":
        move(*sys.argv[2:])
    else:
        register(*sys.argv[1:])
