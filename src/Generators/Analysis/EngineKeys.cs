namespace HiEndMae.Generators.Analysis;

/// <summary>Keys that a component cannot have, because they have a meaning in the table that it stands in.</summary>
internal static class EngineKeys
{
    /// <summary>Keys of [pretrain.data] and [finetune.data] that belong to the stage. A dataset's own keys are in the same table. A test compares them with the engine's record.</summary>
    public static readonly string[] OfData =
    [
        "crop", "spacing_mm", "resize", "window", "intensity", "volumes", "crops_per_volume", "foreground_fraction", "foreground_by_class", "flip_probability", "rotate90_probability",
        "intensity_scale_probability", "intensity_shift_probability", "flip_axes", "augment", "foreground_crop", "subset",
    ];

    /// <summary>Whether a component of a slot cannot have a key.</summary>
    public static bool Hides(string slot, string key) => key == "plugin" || (slot == "Dataset" && (key == "dataset" || OfData.Contains(key)));
}
