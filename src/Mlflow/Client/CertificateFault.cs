namespace HiEndMae.Mlflow;

/// <summary>What is wrong with a server's certificate.</summary>
/// <param name="Text">The fault, as the part of a sentence.</param>
/// <param name="Remedy">What the user can do.</param>
internal sealed record CertificateFault(string Text, string Remedy);
