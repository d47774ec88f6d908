namespace HiEndMae.Mlflow;

/// <summary>A parameter or a tag.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its value; servers leave out an empty one.</param>
public sealed record Entry(string Key, string Value = "");
