namespace HiEndMae.Nn;

/// <summary>What a U-Net's way up is made with.</summary>
/// <param name="Blocks">Of its blocks.</param>
/// <param name="Upsampling">How sizes are doubled.</param>
/// <param name="HasSkips">Whether levels of the way down join on the way up.</param>
/// <param name="SkipFirst">Whether the skip's channels come before the others.</param>
public readonly record struct UnetPathOptions(UnetOptions Blocks, UnetUpsampling Upsampling = UnetUpsampling.Transposed, bool HasSkips = true, bool SkipFirst = false);
