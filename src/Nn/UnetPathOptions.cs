namespace HiEndMae.Nn;

/// <summary>Options of a U-Net's decoder path.</summary>
/// <param name="Blocks">Options of its blocks.</param>
/// <param name="Upsampling">How sizes are doubled.</param>
/// <param name="HasSkips">Whether there are skips from the way down to the way up.</param>
/// <param name="SkipFirst">Whether the skip's channels come before the others.</param>
public readonly record struct UnetPathOptions(UnetOptions Blocks, UnetUpsampling Upsampling = UnetUpsampling.Transposed, bool HasSkips = true, bool SkipFirst = false);
