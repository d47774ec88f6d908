namespace HiEndMae.Mlflow;

/// <summary>A parameter or a tag.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its value. Servers leave it out if it is empty.</param>
public sealed record Entry(string Key, string Value = "");
