import torch

from tools.networks.resnet import Bottleneck, ResNet50


def test_stages_have_the_published_shapes() -> None:
    network = ResNet50().eval()
    assert (
        sum(p.numel() for p in network.parameters()) == 23_508_032
    )  # 25.557 M less the classifier
    with torch.inference_mode():
        stages = network(torch.rand(1, 3, 65, 96))
    assert [tuple(stage.shape) for stage in stages] == [
        (1, 256, 17, 24), (1, 512, 9, 12), (1, 1024, 5, 6), (1, 2048, 3, 3),
    ]  # fmt: skip
    assert network.channels == (256, 512, 1024, 2048)


def test_names_are_torchvisions() -> None:
    names = set(ResNet50(width=4).state_dict())
    assert {"conv1.weight", "bn1.running_var", "layer1.0.downsample.0.weight"} <= names
    assert {"layer3.5.conv3.weight", "layer4.2.bn3.bias"} <= names
    assert "layer2.1.downsample.0.weight" not in names
    assert len(names) == 318


def test_the_stride_is_in_the_three_by_three() -> None:
    block = ResNet50(width=4).layer3[0]
    assert isinstance(block, Bottleneck)
    assert block.conv1.stride == (1, 1)
    assert block.conv2.stride == (2, 2)
