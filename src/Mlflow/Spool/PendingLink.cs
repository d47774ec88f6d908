namespace HiEndMae.Mlflow;

/// <summary>A link between runs that could not be made yet.</summary>
/// <param name="Run">Our id of the run that gets the tag.</param>
/// <param name="Name">What the link is called.</param>
/// <param name="Other">Our id of the run that it names.</param>
internal sealed record PendingLink(string Run, string Name, string Other);
