namespace HiEndMae.Mlflow.Tests;

/// <summary>The versions of MLflow that <see cref="StandInMlflow"/> can answer as.</summary>
public enum ServerVersion
{
    /// <summary>No logged models, history in one page, mlflow#19144.</summary>
    V2_17,

    /// <summary>Logged models and pages, but still mlflow#19144.</summary>
    V3_6,

    /// <summary>As 3.6, with mlflow#19144 repaired.</summary>
    V3_11,
}
