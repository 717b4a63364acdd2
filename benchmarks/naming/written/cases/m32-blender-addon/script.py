bl_info = {"name": "Scatter", "blender": (4, 0, 0), "category": "Object"}

import bpy
import bmesh
import gpu
import mathutils
from bpy_extras.object_utils import AddObjectHelper
from gpu_extras.batch import batch_for_shader
import numpy as np


class SCATTER_OT_run(bpy.types.Operator):
    bl_idname = "object.scatter"
    bl_label = "Scatter"

    def execute(self, context):
        for v in np.random.rand(10, 3):
            bpy.ops.mesh.primitive_cube_add(location=mathutils.Vector(v))
        return {"FINISHED"}


def register():
    bpy.utils.register_class(SCATTER_OT_run)
