namespace HiEndMae.Verification.Networks;

/// <summary>Where a feature of a network is found. Groups of the feature's pattern may stand in the path as $1, $2.</summary>
/// <param name="Path">"level.N" for a level of the pyramid, otherwise the module whose output it is; a last part "last" is the last of a list.</param>
/// <param name="Form">How the module's axes lie.</param>
/// <param name="AppliedTo">Where the module is not run in a step: what it is to be applied to; null for a module that is.</param>
internal sealed record FeaturePlace(string Path, FeatureForm Form = FeatureForm.Volumes, string? AppliedTo = null);
