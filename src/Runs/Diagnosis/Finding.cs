namespace HiEndMae.Runs.Diagnosis;

/// <summary>What one check of the machine found.</summary>
/// <param name="Check">What was checked, in a word or two.</param>
/// <param name="State">Its state.</param>
/// <param name="Text">What was found.</param>
/// <param name="Advice">What to do about it; empty if there is nothing to do.</param>
internal sealed record Finding(string Check, FindingState State, string Text, string Advice = "");
