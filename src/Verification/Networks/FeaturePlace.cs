namespace HiEndMae.Verification.Networks;

/// <summary>Where a feature of a network is found. The path may refer to groups of the feature's pattern as $1, $2.</summary>
/// <param name="Path">"level.N" for a level of the pyramid, otherwise the module that computes the feature. "last" as the last part means the last module of a list.</param>
/// <param name="Form">Order of the axes of the module's output.</param>
/// <param name="AppliedTo">Feature that the module is applied to, if it does not run in a step; otherwise null.</param>
internal sealed record FeaturePlace(string Path, FeatureForm Form = FeatureForm.Volumes, string? AppliedTo = null);
