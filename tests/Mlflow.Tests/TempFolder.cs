namespace HiEndMae.Mlflow.Tests;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hiendmae-mlflow-").FullName;

    public static string Golden(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "goldens", name);

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string File(string name, string text)
    {
        string file = this[name];
        System.IO.File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
