namespace HiEndMae.Mlflow.Tests;

/// <summary>A refusal of the stand-in server.</summary>
internal sealed class ServerError(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}
