using System.Text;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Datasets;
using HiEndMae.Tests;

namespace HiEndMae.Plugins.Tests;

/// <summary>Damaged descriptions of datasets are read or refused with the file's name.</summary>
public sealed class DatasetJsonFuzzTests
{
    [Theory]
    [InlineData("""{"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1}, "file_ending": ".nii.gz", "training": [{"image": "a.nii.gz", "label": "b.nii.gz"}]}""")]
    [InlineData("""{"modality": {"0": "T1", "1": "T2"}, "labels": {"0": "background", "1": "liver"}, "training": [{"image": ["a.nii.gz", "c.nii.gz"], "label": "b.nii.gz"}], "test": ["d.nii.gz"]}""")]
    public void Damaged_descriptions(string text)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("hiendmae-dataset-").FullName, "dataset.json");
        try
        {
            int read = Fuzz.Run(Encoding.UTF8.GetBytes(text), bytes =>
            {
                File.WriteAllBytes(path, bytes);
                using var json = new DatasetJson(path);
                json.Channels();
                json.Labels([], null, path);
                json.ListedCases();
                json.Cases("training");
                json.Cases("test");
                json.Text("file_ending");
            }, error => error is VolumeException or PluginException && error.Message.Contains(path, StringComparison.Ordinal));
            Assert.InRange(read, 1, Fuzz.Rounds - 1);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
