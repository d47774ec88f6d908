namespace HiEndMae.Mlflow;

/// <summary>A link between runs whose target the store does not have yet.</summary>
/// <param name="Run">Our id of the run that gets the tag.</param>
/// <param name="Name">Name of the link.</param>
/// <param name="Other">Our id of the target run.</param>
internal sealed record PendingLink(string Run, string Name, string Other);
